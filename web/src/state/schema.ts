// Made by scripts/types from the server's schema: change that.

export interface Alike {
  picture: PictureShown;
  cosine: number;
}

export interface AskedAlike {
  picture?: string | null;
  upload?: string | null;
  k?: number;
}

export interface Batch {
  jobs: Array<JobShown>;
  rev: number;
  rows: Array<Array<string>>;
}

export interface Blend {
  kind?: "blend";
}

export interface BoardAsked {
  name: string;
  private?: boolean;
  description?: string | null;
}

export interface BoardShown {
  id: string;
  owner: string;
  mine: boolean;
  private: boolean;
  name: string;
  description: string;
  created: number;
  count: number;
  cover: Array<string>;
}

export interface Boards {
  boards: Array<BoardShown>;
}

export interface Body_imports_bring {
  files: Array<Blob>;
  private?: boolean;
}

export interface Body_uploads_upload {
  file: Blob;
}

export interface Changed {
  pictures: Array<PictureShown>;
}

export interface Chosen {
  pictures: Array<string>;
}

export interface Counted {
  pictures: number;
  liked: number;
  rated: number;
  trash: number;
  operations: Record<string, number>;
  models: Record<string, number>;
}

export interface Described {
  source: "plan" | "metadata" | "judge";
  words: Array<string>;
  chinese: Array<string>;
  negative: string;
  program: string;
}

export interface EditAsked {
  model?: string | null;
  negative?: string;
  knobs?: Record<string, string | boolean | number>;
  private?: boolean;
  board?: string | null;
  priority?: number;
  edit: Restyle | Vary | Region | Zoom | Square | Pan | Upscale | Blend;
  sources: Array<From>;
  words?: string | null;
}

export interface Emptied {
  pictures: Array<string>;
}

export interface Fault {
  type: string;
  text: string;
  message: string;
  message_zh: string;
  caret: string;
}

export interface From {
  picture?: string | null;
  upload?: string | null;
}

export interface Given {
  picture?: string | null;
  upload?: string | null;
  role: "start" | "mask" | "hint" | "reference";
  weight?: number;
}

export interface Health {
  status?: "ok";
  version?: string;
  instance: string;
}

export interface Honoured {
  parameter: string;
  field: string;
  formula: string;
  today: boolean;
}

export interface ImportShown {
  name: string;
  status: "added" | "known" | "skipped" | "failed";
  reason: string;
  picture: PictureShown | null;
}

export interface Imports {
  imports: Array<ImportShown>;
}

export interface JobShown {
  id: string;
  rev: number;
  owner: string;
  mine: boolean;
  private: boolean;
  status: "queued" | "running" | "paused" | "done" | "failed" | "cancelled" | "forgotten";
  reason: string;
  reason_zh: string;
  progress: number;
  done: number;
  total: number;
  prompt: string;
  model: string;
  operation: string;
  width: number;
  height: number;
  notes: Array<string>;
  notes_zh: Array<string>;
  pictures: Array<string>;
  count: number;
  preview: string | null;
  board: string | null;
  priority: number;
  batch: string;
  attempt: number;
  created: number;
  started: number | null;
  ended: number | null;
  gone: boolean;
}

export interface JobWhole {
  id: string;
  rev: number;
  owner: string;
  mine: boolean;
  private: boolean;
  status: "queued" | "running" | "paused" | "done" | "failed" | "cancelled" | "forgotten";
  reason: string;
  reason_zh: string;
  progress: number;
  done: number;
  total: number;
  prompt: string;
  model: string;
  operation: string;
  width: number;
  height: number;
  notes: Array<string>;
  notes_zh: Array<string>;
  pictures: Array<string>;
  count: number;
  preview: string | null;
  board: string | null;
  priority: number;
  batch: string;
  attempt: number;
  created: number;
  started: number | null;
  ended: number | null;
  gone: boolean;
  plan: Record<string, unknown> | null;
}

export interface Jobs {
  jobs: Array<JobShown>;
  rev: number;
}

export interface JobsAsked {
  model?: string | null;
  negative?: string;
  knobs?: Record<string, string | boolean | number>;
  private?: boolean;
  board?: string | null;
  priority?: number;
  prompt: string;
  count?: number | null;
  pictures?: Array<Given>;
  then?: Array<Later>;
  regions?: Array<Somewhere>;
}

export interface Judged {
  liked?: boolean | null;
  rating?: number | null;
  tags?: Array<string> | null;
  private?: boolean | null;
  trashed?: boolean | null;
}

export interface JudgedMany {
  pictures: Array<string>;
  liked?: boolean | null;
  rating?: number | null;
  tags?: Array<string>;
  untags?: Array<string>;
  private?: boolean | null;
  trashed?: boolean | null;
}

export interface Key {
  key: string;
  person: PersonShown;
}

export interface Kin {
  parents: Array<PictureShown>;
  children: Array<PictureShown>;
}

export interface KnobShown {
  name: string;
  help: string;
  form: Record<string, unknown>;
  choices?: Record<string, string> | null;
}

export interface Later {
  at: number;
  text: string;
}

export interface Mapped {
  asked: string;
  model: string;
  here: boolean;
  repository: string;
}

export interface MeShown {
  sign_in: boolean;
  keys?: boolean;
  id?: string | null;
  name?: string | null;
  role?: "admin" | "member" | "guest" | null;
  most_jobs?: number | null;
  most_pictures?: number | null;
  most_bytes?: number | null;
  jobs?: number;
  pictures?: number;
}

export interface ModelShown {
  name: string;
  kind: string;
  summary: string;
  here: boolean;
  chosen: boolean;
  state: "installed" | "opening" | "open";
  bytes: number;
  total: number;
  accepts: Array<string>;
  defaults: Record<string, unknown> | null;
}

export interface Models {
  models: Array<ModelShown>;
  kinds: Array<string>;
  honours: Array<Honoured>;
  versions: Array<Mapped>;
}

export interface OtherProgram {
  program: string;
  model: string;
  negative: string;
  words: string;
  settings: Record<string, string>;
}

export interface Packed {
  pictures: Array<string>;
  format?: "png" | "jpeg" | "webp" | null;
}

export interface Pan {
  kind?: "pan";
  to?: "left" | "right" | "up" | "down";
  fraction?: number;
}

export interface ParameterShown {
  name: string;
  names: Array<string>;
  group: string;
  bare: boolean;
  example: string;
  help: string;
  help_zh: string;
}

export interface Parsed {
  tokens: Array<Token>;
  jobs: Array<Record<string, unknown>>;
  count: number;
  errors: Array<Fault>;
  notes: Array<string>;
  notes_zh: Array<string>;
}

export interface PersonAsked {
  name: string;
  role?: "admin" | "member" | "guest";
  most_jobs?: number | null;
  most_pictures?: number | null;
}

export interface PersonChanged {
  role?: "admin" | "member" | "guest" | null;
  most_jobs?: number | null;
  most_pictures?: number | null;
}

export interface PersonShown {
  id: string;
  name: string;
  role: "admin" | "member" | "guest";
  me: boolean;
  has_key: boolean;
  most_jobs: number | null;
  most_pictures: number | null;
  jobs: number;
  pictures: number;
}

export interface PictureShown {
  id: string;
  rev: number;
  owner: string;
  mine: boolean;
  private: boolean;
  job: string;
  index: number;
  file: string;
  sha256: string;
  width: number;
  height: number;
  prompt: string;
  operation: string;
  model: string;
  seed: number;
  tags: Array<string>;
  liked: boolean;
  rating: number;
  created: number;
  trashed: number | null;
  gone: boolean;
  imported: OtherProgram | null;
}

export interface Pictures {
  pictures: Array<PictureShown>;
  cursor: string;
  rev: number;
}

export interface Region {
  kind?: "region";
}

export interface Restyle {
  kind?: "restyle";
  strength?: number;
}

export interface SignIn {
  key: string;
  stay?: boolean;
}

export interface Somewhere {
  picture?: string | null;
  upload?: string | null;
  text: string;
  weight?: number;
}

export interface Square {
  kind?: "square";
}

export interface Storage {
  pictures: number;
  bytes: number;
  trashed: number;
  trashed_bytes: number;
}

export interface Token {
  text: string;
  kind: "prose" | "flag" | "value" | "error";
  piece: string;
  flag?: string | null;
  hint?: string | null;
  hint_zh?: string | null;
}

export interface Told {
  code: string;
  message: string;
  message_zh: string;
  hint?: string | null;
}

export interface Typed {
  text: string;
}

export interface Uploaded {
  content: string;
  width: number;
  height: number;
}

export interface Upscale {
  kind?: "upscale";
  factor?: number;
  creative?: boolean;
}

export interface Vary {
  kind?: "vary";
  strong?: boolean;
}

export interface Wrong {
  error: Told;
}

export interface Zoom {
  kind?: "zoom";
  factor?: number;
}

export interface Routes {
  "POST /api/jobs": { body: JobsAsked; answer: Jobs };
  "GET /api/jobs": { query: { owner?: string | null; status?: "queued" | "running" | "paused" | "done" | "failed" | "cancelled" | "forgotten" | null; batch?: string | null; before?: string | null; limit?: number }; answer: Jobs };
  "GET /api/jobs/{job}": { path: { job: string }; answer: JobWhole };
  "DELETE /api/jobs/{job}": { path: { job: string }; answer: JobShown };
  "GET /api/jobs/{job}/preview": { path: { job: string }; answer: void };
  "GET /api/jobs/{job}/grid": { path: { job: string }; query: { width?: number | null }; answer: void };
  "POST /api/jobs/{job}/cancel": { path: { job: string }; answer: JobShown };
  "POST /api/jobs/{job}/pause": { path: { job: string }; answer: JobShown };
  "POST /api/jobs/{job}/resume": { path: { job: string }; answer: JobShown };
  "POST /api/jobs/{job}/retry": { path: { job: string }; answer: JobShown };
  "POST /api/jobs/{job}/rerun": { path: { job: string }; answer: Jobs };
  "POST /api/batches": { query: { name?: string }; body: Record<string, unknown> | FormData; answer: Batch };
  "POST /api/edits": { body: EditAsked; answer: Jobs };
  "POST /api/uploads": { body: FormData; answer: Uploaded };
  "POST /api/imports": { body: FormData; answer: Imports };
  "GET /api/pictures/counts": { answer: Counted };
  "PATCH /api/pictures": { body: JudgedMany; answer: Changed };
  "GET /api/pictures": { query: { owner?: string | null; job?: string | null; model?: string | null; operation?: string | null; since?: number | null; until?: number | null; aspect?: string | null; liked?: boolean | null; rating?: number; board?: string | null; trash?: boolean; q?: string; order?: "newest" | "oldest" | "best" | "board"; cursor?: string; limit?: number }; answer: Pictures };
  "POST /api/pictures/download": { body: Packed; answer: void };
  "GET /api/pictures/{picture}": { path: { picture: string }; answer: PictureShown };
  "PATCH /api/pictures/{picture}": { path: { picture: string }; body: Judged; answer: PictureShown };
  "DELETE /api/pictures/{picture}": { path: { picture: string }; answer: PictureShown };
  "GET /api/pictures/{picture}/file": { path: { picture: string }; query: { width?: number | null; format?: "png" | "jpeg" | "webp" | null }; answer: void };
  "GET /api/pictures/{picture}/lineage": { path: { picture: string }; answer: Kin };
  "GET /api/pictures/{picture}/similar": { path: { picture: string }; query: { k?: number }; answer: Array<Alike> };
  "DELETE /api/trash": { answer: Emptied };
  "POST /api/trash/delete": { body: Chosen; answer: Emptied };
  "POST /api/describe": { body: From; answer: Described };
  "POST /api/similar": { body: AskedAlike; answer: Array<Alike> };
  "GET /api/boards": { answer: Boards };
  "POST /api/boards": { body: BoardAsked; answer: BoardShown };
  "GET /api/boards/{board}": { path: { board: string }; answer: BoardShown };
  "PUT /api/boards/{board}": { path: { board: string }; body: BoardAsked; answer: BoardShown };
  "DELETE /api/boards/{board}": { path: { board: string }; answer: void };
  "POST /api/boards/{board}/pictures": { path: { board: string }; body: Chosen; answer: BoardShown };
  "PUT /api/boards/{board}/pictures": { path: { board: string }; body: Chosen; answer: BoardShown };
  "DELETE /api/boards/{board}/pictures/{picture}": { path: { board: string; picture: string }; answer: void };
  "GET /api/events": { query: { since?: number | null }; answer: void };
  "POST /api/parse": { body: Typed; answer: Parsed };
  "GET /api/parameters": { answer: Array<ParameterShown> };
  "POST /api/session": { body: SignIn; answer: MeShown };
  "DELETE /api/session": { answer: void };
  "GET /api/people": { answer: Array<PersonShown> };
  "POST /api/people": { body: PersonAsked; answer: Key };
  "PATCH /api/people/{person}": { path: { person: string }; body: PersonChanged; answer: PersonShown };
  "DELETE /api/people/{person}": { path: { person: string }; answer: void };
  "POST /api/people/{person}/key": { path: { person: string }; answer: Key };
  "DELETE /api/people/{person}/key": { path: { person: string }; answer: void };
  "GET /api/storage": { answer: Storage };
  "GET /api/models": { answer: Models };
  "GET /api/knobs": { answer: Array<KnobShown> };
  "GET /api/me": { answer: MeShown };
  "GET /api/health": { answer: Health };
  "GET /api/ready": { answer: Health };
  "GET /metrics": { answer: void };
}
