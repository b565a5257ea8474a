# Five processes that fork and end for as many seconds as the first argument says, pausing for so many ms as the second says; in a new session
# each time if there is a third.
import os, sys, time

end = time.monotonic() + int(sys.argv[1])
for _ in range(4):
    if os.fork() == 0:
        break
print('ready', flush=True)
while time.monotonic() < end:
    if os.fork() != 0:
        os._exit(0)
    if len(sys.argv) > 3:
        os.setsid()
    time.sleep(int(sys.argv[2]) / 1000)
