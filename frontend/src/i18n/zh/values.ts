/** Names of every value of every closed field. */
export const values = {
  'sensitivity.normal': '同行都能看',
  'sensitivity.restricted': '只给领导、秘书和我',
  'sensitivity.off_record': '不上记录：只给领导和我',

  'trip.kind.research': '调研',
  'trip.kind.meeting': '会议',
  'trip.kind.ceremony': '仪式',
  'trip.kind.business': '出差',
  'trip.kind.overseas': '出访',
  'trip.kind.reception': '接待',

  'member.role.principal': '领导',
  'member.role.aide': '秘书',
  'member.role.companion': '随行',
  'member.role.office': '办公室',
  'member.role.viewer': '只看',

  'note.kind.observation': '见闻',
  'note.kind.minute': '纪要',
  'note.kind.interview': '访谈',
  'note.kind.instruction': '指示',
  'note.kind.quote': '说法',

  'note.certainty.sure': '有把握',
  'note.certainty.doubtful': '拿不准',
  'note.certainty.hearsay': '听说的',

  'media.kind.audio': '录音',
  'media.kind.photo': '照片',
  'media.kind.video': '视频',
  'media.kind.file': '文件',

  'media.processing.expected': '还在手机上',
  'media.processing.received': '服务器在核对',
  'media.processing.stored': '服务器已收',
  'media.processing.ready': '服务器已收',
  'media.processing.failed': '原件已收，打不开',

  'mark.kind.speaker': '换人说',
  'mark.kind.flag': '标记',
  'mark.kind.gap': '空白',

  'transcript.state.waiting_for_model': '等语音模型',
  'transcript.state.queued': '排队转写',
  'transcript.state.decoding': '正在解码',
  'transcript.state.transcribing': '正在转写',
  'transcript.state.done': '转写好了',
  'transcript.state.partial': '只转写了一部分',
  'transcript.state.unreadable': '录音打不开',
  'transcript.state.failed': '没转写成',

  'contradiction.state.open': '等你定',
  'contradiction.state.verifying': '已列入当面问',
  'contradiction.state.ruled': '已有结论',
  'contradiction.state.withdrawn': '已撤回',

  'ruling.verdict.a': '以甲为准',
  'ruling.verdict.b': '以乙为准',
  'ruling.verdict.both': '都成立',
  'ruling.verdict.neither': '都不采用',
  'ruling.verdict.unresolved': '定不了',
  'ruling.verdict.dismissed': '不用核',

  'question.state.open': '还没问',
  'question.state.asked': '问过了',
  'question.state.answered': '有回答',
  'question.state.dropped': '不问了',

  'matter.kind.decision': '决定',
  'matter.kind.commitment': '承诺',
  'matter.kind.request': '请求',
  'matter.kind.instruction': '指示',

  'matter.state.registered': '已登记',
  'matter.state.assigned': '已交办',
  'matter.state.accepted': '已接办',
  'matter.state.reported': '有回复',
  'matter.state.done': '办完了',
  'matter.state.verified': '已核验',
  'matter.state.closed': '已销号',

  'invitation.state.received': '收到',
  'invitation.state.reported': '已报告',
  'invitation.state.accepted': '接受',
  'invitation.state.declined': '谢绝',
  'invitation.state.replied': '已答复',

  'document.kind.speech': '讲话稿',
  'document.kind.minutes': '纪要',
  'document.kind.report': '报告',
  'document.kind.dispatch': '督办函',

  'document.state.draft': '草稿',
  'document.state.review': '送审',
  'document.state.approved': '已定稿',
};
