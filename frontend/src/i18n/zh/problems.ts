/** What the server or this device may refuse, by the code of the problem. */
export const problems = {
  'problem.other': '没办成（编号 {code}）',
  'problem.unexpected': '这台设备上出了意外。记下的都还在。',
  'problem.offline': '没有网络',
  'problem.unreachable': '服务器没应答',
  'problem.store_not_open': '本机的存储没打开，请重开一次应用',
  'problem.invalid_fields': '有的内容超过了长度或者没填',
};
