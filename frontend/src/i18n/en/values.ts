/** Names of every value of every closed field. */
import type { values as zh } from '../zh/values';

export const values: Record<keyof typeof zh, string> = {
  'sensitivity.normal': 'Everybody on the trip',
  'sensitivity.restricted': 'Principal, aide and me',
  'sensitivity.off_record': 'Off the record: principal and me',

  'trip.kind.research': 'Research',
  'trip.kind.meeting': 'Meeting',
  'trip.kind.ceremony': 'Ceremony',
  'trip.kind.business': 'Business',
  'trip.kind.overseas': 'Abroad',
  'trip.kind.reception': 'Reception',

  'member.role.principal': 'Principal',
  'member.role.aide': 'Aide',
  'member.role.companion': 'Companion',
  'member.role.office': 'Office',
  'member.role.viewer': 'Viewer',

  'note.kind.observation': 'Seen',
  'note.kind.minute': 'Minute',
  'note.kind.interview': 'Interview',
  'note.kind.instruction': 'Instruction',
  'note.kind.quote': 'Said',

  'note.certainty.sure': 'Sure',
  'note.certainty.doubtful': 'Not sure',
  'note.certainty.hearsay': 'Hearsay',

  'media.kind.audio': 'Recording',
  'media.kind.photo': 'Photo',
  'media.kind.video': 'Video',
  'media.kind.file': 'File',

  'media.processing.expected': 'Still on the phone',
  'media.processing.received': 'Server is checking it',
  'media.processing.stored': 'On the server',
  'media.processing.ready': 'On the server',
  'media.processing.failed': 'Original kept, cannot be opened',

  'mark.kind.speaker': 'Speaker',
  'mark.kind.flag': 'Mark',
  'mark.kind.gap': 'Gap',

  'transcript.state.waiting_for_model': 'Waiting for a speech model',
  'transcript.state.queued': 'In the queue',
  'transcript.state.decoding': 'Decoding',
  'transcript.state.transcribing': 'Transcribing',
  'transcript.state.done': 'Transcribed',
  'transcript.state.partial': 'Only a part transcribed',
  'transcript.state.unreadable': 'Recording cannot be opened',
  'transcript.state.failed': 'Not transcribed',

  'contradiction.state.open': 'Waiting for you',
  'contradiction.state.verifying': 'To be asked in person',
  'contradiction.state.ruled': 'Settled',
  'contradiction.state.withdrawn': 'Withdrawn',

  'ruling.verdict.a': 'A is right',
  'ruling.verdict.b': 'B is right',
  'ruling.verdict.both': 'Both hold',
  'ruling.verdict.neither': 'Neither is used',
  'ruling.verdict.unresolved': 'Cannot be settled',
  'ruling.verdict.dismissed': 'Dismissed',

  'question.state.open': 'Not asked yet',
  'question.state.asked': 'Asked',
  'question.state.answered': 'Answered',
  'question.state.dropped': 'Dropped',

  'matter.kind.decision': 'Decision',
  'matter.kind.commitment': 'Promise',
  'matter.kind.request': 'Request',
  'matter.kind.instruction': 'Instruction',

  'matter.state.registered': 'Registered',
  'matter.state.assigned': 'Assigned',
  'matter.state.accepted': 'Accepted',
  'matter.state.reported': 'Replied',
  'matter.state.done': 'Done',
  'matter.state.verified': 'Verified',
  'matter.state.closed': 'Closed',

  'invitation.state.received': 'Received',
  'invitation.state.reported': 'Reported',
  'invitation.state.accepted': 'Accepted',
  'invitation.state.declined': 'Declined',
  'invitation.state.replied': 'Replied',

  'document.kind.speech': 'Speech',
  'document.kind.minutes': 'Minutes',
  'document.kind.report': 'Report',
  'document.kind.dispatch': 'Dispatch letter',

  'document.state.draft': 'Draft',
  'document.state.review': 'In review',
  'document.state.approved': 'Approved',
};
