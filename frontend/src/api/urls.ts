// Addresses that elements load by themselves (audio, img, a).

export const API = '/api/v1';

export const contentUrl = (media: string) => `${API}/media/${media}/content`;
export const playableUrl = (media: string) => `${API}/media/${media}/playable`;
export const thumbnailUrl = (media: string, size: number) => `${API}/media/${media}/thumbnail?size=${size}`;
export const uploadsUrl = () => `${API}/uploads`;
export const streamUrl = () => `${API}/stream`;
