// Accounts, members and invitations: one function per route, with the server's own types.
import type { components } from '../generated/api';
import type { MemberRole } from '../generated/entities';
import type { Answer, Http, SessionShown } from './http';

type Schemas = components['schemas'];
export type User = Schemas['UserShown'];
export type InvitationLink = Schemas['LinkMade'];
export type InvitationOpened = Schemas['LinkOpened'];
export type Joined = Schemas['Joined'];
export type { SessionShown };

export interface NewAccount {
  name: string;
  email: string;
  password: string;
}

export const identityApi = (http: Http) => ({
  session: (): Promise<Answer<SessionShown>> => http.readSession(),
  signIn: (email: string, password: string, device: string | null): Promise<Answer<SessionShown>> =>
    http.send('POST', '/session', { email, password, device }),
  signOut: (): Promise<Answer<null>> => http.send('DELETE', '/session'),
  checkSetup: (token: string): Promise<Answer<Schemas['SetupShown']>> =>
    http.send('GET', `/setup?token=${encodeURIComponent(token)}`),
  setUp: (token: string, account: NewAccount): Promise<Answer<SessionShown>> =>
    http.send('POST', '/setup', { token, ...account }),
  openInvitation: (token: string): Promise<Answer<InvitationOpened>> =>
    http.send('GET', `/invitations/${encodeURIComponent(token)}`),
  acceptInvitation: (token: string, account: NewAccount | null): Promise<Answer<Joined>> =>
    http.send('POST', `/invitations/${encodeURIComponent(token)}/accept`, account ?? {}),
  changePassword: (old: string, fresh: string): Promise<Answer<null>> =>
    http.send('POST', '/me/password', { old, new: fresh }),
  invite: (trip: string, role: MemberRole): Promise<Answer<InvitationLink>> =>
    http.send('POST', `/trips/${trip}/invitations`, { role }),
  addMember: (trip: string, user: string, role: MemberRole): Promise<Answer<unknown>> =>
    http.send('POST', `/trips/${trip}/members`, { user, role }),
  setRole: (trip: string, member: string, role: MemberRole): Promise<Answer<unknown>> =>
    http.send('PATCH', `/trips/${trip}/members/${member}`, { role }),
  removeMember: (trip: string, member: string): Promise<Answer<null>> =>
    http.send('DELETE', `/trips/${trip}/members/${member}`),
});
