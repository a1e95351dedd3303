// Accounts, members and invitations: one function per route.
import type { MemberRole } from '../generated/entities';
import type { Answer, Http } from './http';

export interface User {
  id: string;
  email: string;
  name: string;
  admin: boolean;
}

export interface SessionAnswer {
  user: User;
  csrf: string;
}

export interface InvitationLink {
  token: string;
  url: string;
  expires_at: string | null;
}

export const identityApi = (http: Http) => ({
  session: (): Promise<Answer<SessionAnswer>> => http.send('GET', '/session'),
  signIn: (email: string, password: string): Promise<Answer<SessionAnswer>> =>
    http.send('POST', '/session', { email, password }),
  signOut: (): Promise<Answer<null>> => http.send('DELETE', '/session'),
  setUp: (token: string, account: NewAccount): Promise<Answer<SessionAnswer>> =>
    http.send('POST', '/setup', { token, ...account }),
  acceptInvitation: (token: string, account: NewAccount | null): Promise<Answer<SessionAnswer>> =>
    http.send('POST', `/invitations/${encodeURIComponent(token)}/accept`, account ?? {}),
  invite: (trip: string, role: MemberRole): Promise<Answer<InvitationLink>> =>
    http.send('POST', `/trips/${trip}/invitations`, { role }),
  setRole: (trip: string, member: string, role: MemberRole): Promise<Answer<unknown>> =>
    http.send('PATCH', `/trips/${trip}/members/${member}`, { role }),
  removeMember: (trip: string, member: string): Promise<Answer<null>> =>
    http.send('DELETE', `/trips/${trip}/members/${member}`),
});

export interface NewAccount {
  name: string;
  email: string;
  password: string;
}
