// A service on Nest that hears of deposits: POST /callbacks/alphapo, for the gateway

import "reflect-metadata";

import { NestFactory } from "@nestjs/core";
import type { NestExpressApplication } from "@nestjs/platform-express";

import { AppModule } from "./app.module.js";

// Nest's parser would be in front of every route; app.module.ts puts one in front of all but the callbacks.
const app = await NestFactory.create<NestExpressApplication>(AppModule, {
  bodyParser: false,
  logger: ["error", "warn"],
});
app.enableShutdownHooks();
await app.listen(Number(process.env.PORT ?? "3000"));
console.log(`listening on port ${new URL(await app.getUrl()).port}`);
