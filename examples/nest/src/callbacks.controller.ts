import { All, Controller, Logger, Req, Res } from "@nestjs/common";
import { AlphaPoError, nodeCallbackHandler } from "alphapo-wasm";
import type { Request, Response } from "express";

import { Credits } from "./credits.js";

@Controller("callbacks")
export class CallbacksController {
  private readonly logger = new Logger(CallbacksController.name);
  private readonly handle: (request: Request, response: Response) => Promise<void>;

  // Throws at the start, with what to mend, if an option is missing.
  constructor(credits: Credits) {
    this.handle = nodeCallbackHandler({
      key: process.env.ALPHAPO_KEY ?? "",
      secret: process.env.ALPHAPO_SECRET ?? "",
      // In your service a table, which outlives the process.
      store: new Map<string, string>(),
      onCallback: (callback) => credits.add(callback),
      onError: (error) => this.refused(error),
    });
  }

  // The handler gives the answer itself, for every method.
  @All("alphapo")
  receive(@Req() request: Request, @Res() response: Response): Promise<void> {
    return this.handle(request, response);
  }

  private refused(error: unknown): void {
    if (error instanceof AlphaPoError) this.logger.warn(`callback refused: ${error.code}, ${error.message}`);
    else this.logger.error("callback not processed", error);
  }
}
