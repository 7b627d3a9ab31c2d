// Keeps the visitor's secret in a cookie. Where the browser has one already, from a page opened at
// the same moment, that one holds. The server is told, once, which cookie the browser keeps.

function kept(name) {
  const found = document.cookie.split("; ").find((each) => each.startsWith(`${name}=`));
  return found ? found.slice(name.length + 1) : "";
}

export default function (component) {
  const { name, secret, path, seconds, told } = component.data;
  const known = kept(name);
  if (/^[A-Za-z0-9_-]{22,64}$/.test(known) && known !== secret) {
    component.setStateValue("known", known);
    return;
  }
  const secure = window.location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `${name}=${secret}; Path=${path}; Max-Age=${seconds}; SameSite=Lax${secure}`;
  if (!told && kept(name) === secret) {
    component.setStateValue("known", secret);
  }
}
