"""Runs a command on a pseudo terminal and plays a person.

Reads JSON from standard input: {"argv": [...], "env": {...}, "cwd": "...", "turns": [{"wait": "text", "send": "text"}]}
Writes JSON: {"screen": "...", "stdout": "...", "status": 0, "signal": 0, "missing": "text that never came" or null}
Standard output of the command is a pipe when "pipe" is true: questions must still reach the terminal. When "closed" is
true as well, nobody reads from that pipe: the first write to it fails.
"""
import json, os, pty, select, sys, time

job = json.load(sys.stdin)
read_end, write_end = os.pipe()
if job.get("closed"):
    # before the command starts, so that no write is ever in time
    os.close(read_end)
    read_end = None
pid, terminal = pty.fork()
if pid == 0:
    if job.get("pipe"):
        os.dup2(write_end, 1)
    if read_end is not None:
        os.close(read_end)
    os.close(write_end)
    os.chdir(job["cwd"])
    os.execve(job["argv"][0], job["argv"], job["env"])
os.close(write_end)
screen, stdout, missing = b"", b"", None
deadline = time.monotonic() + 50


def pump(seconds):
    """Reads what has come; False when the terminal is closed."""
    global screen, stdout
    sources = [terminal] if read_end is None else [terminal, read_end]
    ready, _, _ = select.select(sources, [], [], seconds)
    for source in ready:
        try:
            chunk = os.read(source, 65536)
        except OSError:
            return False
        if source == terminal:
            if not chunk:
                return False
            screen += chunk
        else:
            stdout += chunk
    return True


seen = 0
for turn in job["turns"]:
    wanted = turn["wait"].encode()
    alive = True
    while wanted not in screen[seen:] and alive and time.monotonic() < deadline:
        alive = pump(0.05)
    at = screen.find(wanted, seen)
    if at < 0:
        missing = turn["wait"]
        break
    seen = at + len(wanted)
    os.write(terminal, turn["send"].encode())
while missing is None and time.monotonic() < deadline and pump(0.05):
    pass
if missing is None and time.monotonic() >= deadline:
    missing = "the end"
if missing is not None:
    os.kill(pid, 9)
_, status = os.waitpid(pid, 0)
if read_end is not None:
    os.set_blocking(read_end, False)
    try:
        stdout += os.read(read_end, 1 << 20)
    except OSError:
        pass
print(json.dumps({
    "screen": screen.decode("utf8", "replace"),
    "stdout": stdout.decode("utf8", "replace"),
    "status": os.waitstatus_to_exitcode(status),
    "missing": missing,
}))
