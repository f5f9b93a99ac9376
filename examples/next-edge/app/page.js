export default function Page() {
  return <p>POST to /api/deposit-addresses</p>;
}
