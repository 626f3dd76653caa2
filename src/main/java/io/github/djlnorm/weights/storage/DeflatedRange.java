package io.github.djlnorm.weights.storage;

import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import java.util.zip.ZipException;

/** A compressed stretch of a file, inflated while it is read. */
public record DeflatedRange(FileRange compressed, long size) implements ByteRange {

    @Override
    public boolean isStored() {
        return false;
    }

    @Override
    public ReadableByteChannel open(long position) throws IOException {
        Inflated stream = new Inflated(Channels.newInputStream(compressed.open(0)));
        try {
            stream.skipNBytes(position);
        } catch (EOFException e) {
            stream.close();
            throw new MalformedWeightsException("a compressed entry is cut off", e);
        }
        return Channels.newChannel(stream);
    }

    /** Frees the inflater's memory when closed, and tells damage by our own exception. */
    private static final class Inflated extends FilterInputStream {

        private final Inflater inflater;

        Inflated(InputStream compressed) {
            this(compressed, new Inflater(true));
        }

        private Inflated(InputStream compressed, Inflater inflater) {
            super(new InflaterInputStream(compressed, inflater));
            this.inflater = inflater;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            try {
                return super.read(target, offset, length);
            } catch (ZipException | EOFException e) {
                throw new MalformedWeightsException("a compressed entry is damaged", e);
            }
        }

        @Override
        public void close() throws IOException {
            inflater.end();
            super.close();
        }
    }
}
