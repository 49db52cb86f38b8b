/** The smallest way to an engine on the system of this window. */
export function installOn(agent: string): string {
  if (/Mac/.test(agent)) return "brew install colima docker\ncolima start";
  if (/Windows/.test(agent)) return "winget install --exact --id Docker.DockerDesktop";
  return "curl -fsSL https://get.docker.com | sudo sh\nsudo usermod -aG docker $USER";
}
