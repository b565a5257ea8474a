# Five processes that fork and end, each as often as the first argument says, pausing for so many ms as the second says; in a new session each
# time if there is a third.
import os, sys, time

for _ in range(4):
    if os.fork() == 0:
        break
print('ready', flush=True)
for _ in range(int(sys.argv[1])):
    if os.fork() != 0:
        os._exit(0)
    if len(sys.argv) > 3:
        os.setsid()
    time.sleep(int(sys.argv[2]) / 1000)
