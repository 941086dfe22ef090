-- Each statement takes back one of the up file, in reverse order.
ALTER TABLE logs COMMENT = '';
-- What was removed from the log is not kept anywhere, so there is nothing to restore.
DO 0;
DO 0;
