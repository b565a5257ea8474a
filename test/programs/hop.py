# Five processes that fork and end every 2 ms, a thousand times each; in a new session each time if told so.
import os, sys, time

for _ in range(4):
    if os.fork() == 0:
        break
print('ready', flush=True)
for _ in range(1000):
    if os.fork() != 0:
        os._exit(0)
    if len(sys.argv) > 1:
        os.setsid()
    time.sleep(0.002)
