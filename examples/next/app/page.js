export default function Page() {
  return <p>POST to /api/callbacks/alphapo</p>;
}
