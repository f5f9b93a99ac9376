import { type MiddlewareConsumer, Module, type NestModule } from "@nestjs/common";
import { json } from "express";

import { CallbacksController } from "./callbacks.controller.js";
import { Credits } from "./credits.js";

@Module({ controllers: [CallbacksController], providers: [Credits] })
export class AppModule implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    // The signature of a callback is over the bytes as they arrive, so nothing may read them before.
    consumer.apply(json()).exclude("callbacks/alphapo").forRoutes("{*path}");
  }
}
