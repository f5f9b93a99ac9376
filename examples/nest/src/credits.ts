import { Injectable } from "@nestjs/common";
import type { Callback } from "alphapo-wasm";

@Injectable()
export class Credits {
  add({ credit, creditKey, foreign_id: user }: Callback): void {
    // Only a confirmed deposit is money. One without a user came to an address that was made in the dashboard.
    if (!credit || user === null) return;
    // In your service an insert, with the key as its unique key. Should it throw, the gateway sends again.
    console.log(`credited ${credit.amount} ${credit.currency} to ${user}, ${creditKey}`);
  }
}
