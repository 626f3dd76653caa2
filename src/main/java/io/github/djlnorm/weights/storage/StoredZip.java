package io.github.djlnorm.weights.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.time.LocalDateTime;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Writes a zip archive whose entries are not compressed; the same entries make the same bytes. */
public final class StoredZip {

    // The earliest that a zip archive can say.
    private static final LocalDateTime NO_TIME = LocalDateTime.of(1980, 1, 1, 0, 0);

    private final ZipOutputStream zip;
    private final WritableByteChannel entries;

    public StoredZip(WritableByteChannel out) {
        zip = new ZipOutputStream(Channels.newOutputStream(out));
        zip.setMethod(ZipOutputStream.STORED);
        entries = Channels.newChannel(zip);
    }

    public void put(String name, ByteBuffer... parts) throws IOException {
        CRC32 crc = new CRC32();
        long size = 0;
        for (ByteBuffer part : parts) {
            size += part.remaining();
            crc.update(part.duplicate());
        }
        ZipEntry entry = new ZipEntry(name);
        entry.setTimeLocal(NO_TIME);
        entry.setSize(size);
        entry.setCrc(crc.getValue());
        zip.putNextEntry(entry);
        for (ByteBuffer part : parts) {
            AtomicFile.write(part, entries);
        }
        zip.closeEntry();
    }

    public void finish() throws IOException {
        zip.finish();
    }
}
