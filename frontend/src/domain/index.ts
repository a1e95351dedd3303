// Commands and queries for screens. Import from here. All `live…` return `Live<T>` with `.value`, `.ready`, `.error`
// (reading `.value` in markup or $derived keeps it current). Commands work offline unless noted; they throw
// `AppError` with `problem.code` (a translation key). Rows are `Row<'note'>` etc. = fields of generated/entities + `local`.
//
// trips      createTrip updateTrip createStop updateStop · liveTrips liveTrip liveStops liveStop
//            chooseTrip chooseStop liveCurrentTrip liveCurrentStop
// people     createPerson createUnit · livePeople liveUnits
// notes      saveNote(draft) updateNote · liveNote liveNoteMedia         drafts  keepDraft loadDraft dropDraft liveDrafts
// timeline   liveTimeline({trip, stop?, limit?}) -> notes (with their media) and media, newest first
// media      addFile(file, place) · liveMedia liveBlob mediaSource thumbnailSource (call release())
// Not from here but from their own files, so that they come with the screens that use them:
// camera     openCamera(place) -> key (before it opens) · addPhotos(files, place, key) closeCamera(key) · lostCameras placeOfCamera
// importing  `imports` (runes: items running; add(files, place) place(inbox items, place) clear()) · waitingInbox discardInbox
// recording  `recording` (runes: status media level wave silentMs deafMs gaps marks alarm part problem; start goOn continueFrom
//            stop mark pin elapsed())      recovery  liveRecovered acknowledgeRecovered
// processing transcribeAgain readAgain recordingPeaks (network)
// transcripts liveRecordings liveTranscript liveSegments liveMarks · correctSegment nameSpeaker (returns undo)
// contradictions liveContradictions liveExplained liveContradiction(id) -> {row, a, b} · natureOf isExplained byGravity
//            ruleContradiction reopenContradiction askAgain · takeBack takeBackAsking (undo)
// questions  createQuestion answerQuestion addEvidence removeEvidence · liveQuestions liveProofs evidenceOf
// compared   liveCompared(trip) -> how much was compared
// followup   createMatter · liveMatters
// device-counts liveDeviceCounts() -> {all, server}
// outbox     liveOutbox livePendingBytes liveSyncTotals liveSyncStatus liveFeeds · sendNow resend discard (returns undo)
//            recordReceipt(row) bytesReceipt(media, blob) -> 'phone' | 'server' | 'refused'
// session    liveSession · signIn signOut checkSetupLink createFirstAccount openInvitation acceptInvitation -> {trip, role, user}
//            changePassword checkSession (all network) · hasUnsent eraseDevice
// members    liveMembers liveMyRole · inviteMember setMemberRole removeMember (network)
// preferences livePreferences changePreferences        custody  fetchCustody (network) deviceRoom askToPersist freeOld freeStored
// account    listDevices revokeDevice thisDevice listTokens makeToken revokeToken fetchHistory (network)
// rows       liveRow(entity, id) updateRow removeRow restoreRow(row) for everything else
export * from './account';
export * from './compared';
export * from './contradictions';
export * from './custody';
export * from './device-counts';
export * from './drafts';
export * from './followup';
export * from './media';
export * from './members';
export * from './notes';
export * from './outbox';
export * from './people';
export * from './preferences';
export * from './processing';
export * from './questions';
export * from './recording.svelte';
export * from './recovery';
export { liveRow, removeRow, restoreRow, updateRow } from './rows';
export * from './session';
export * from './timeline';
export * from './transcripts';
export * from './trips';
export type { Row, BlobRow, Change, Draft, Feed } from '../store/rows';
export type { Live } from '../store/live.svelte';
export type { Fields } from '../store/store';
export type { EngineState, EngineStatus } from '../store/sync-state';
export { AppError, toProblem, type Problem } from '../kernel/problem';
