# A subreaper called tini, as `tini -s` is: starts the program in its arguments and adopts the orphans of it.
import ctypes, os, sys
libc = ctypes.CDLL(None)
libc.prctl(36, 1)
libc.prctl(15, b'tini')
pid = os.spawnv(os.P_NOWAIT, sys.argv[1], sys.argv[1:])
while True:
    ended, status = os.wait()
    if ended == pid:
        os._exit(os.waitstatus_to_exitcode(status) & 255)
