// What went wrong, in the server's words: `code` is the key that the screens translate.

export interface FieldProblem {
  field: string;
  code: string;
}

export interface Problem {
  code: string;
  status?: number;
  detail?: string;
  errors?: FieldProblem[];
  /** Of a limit that the server made: what it is and how much of it is used, in bytes. */
  limit?: number;
  used?: number;
}

/** True for an answer that was none of our server's: a gateway's own page, of which only the status is known. */
export function isGatewayPage(code: string): boolean {
  return code.startsWith('http_');
}

/** An expected failure of a command; screens show `problem.code` in words. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly problem: Problem;

  constructor(problem: Problem | string) {
    const whole = typeof problem === 'string' ? { code: problem } : problem;
    super(whole.code);
    this.problem = whole;
  }
}

/** The problem inside anything that was thrown. */
export function toProblem(error: unknown): Problem {
  if (error instanceof AppError) return error.problem;
  return {
    code: 'unexpected',
    detail: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
  };
}
