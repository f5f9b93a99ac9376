export default function Page() {
  return <p>POST to /api/deposit-addresses, and callbacks to /api/callbacks/alphapo</p>;
}
