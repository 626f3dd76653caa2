package io.github.djlnorm.samples.images;

import java.awt.image.BufferedImage;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import javax.imageio.IIOException;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * Reads an image file as it is meant to be seen: upright, on white where it is transparent, the
 * first one of several, and as a whole or not at all.
 */
public final class ImageDecoder {

    private static final String CURE = "remove it or save it again as JPEG or PNG";

    static {
        findReaders();
    }

    private ImageDecoder() {}

    /**
     * Reads an image of red, green and blue with 8 bits each.
     *
     * @throws BadImage if there is no such file, or it holds no whole image, or too large a one
     */
    public static BufferedImage decode(Path file) {
        return decode(file, ImageDecoder::asSeen);
    }

    /**
     * Reads an image whose values are numbers and no colors: with the bits and bands of the file,
     * not turned.
     *
     * @throws BadImage if there is no such file, or it holds no whole image, or too large a one
     */
    public static BufferedImage decodeStored(Path file) {
        return decode(file, ImageDecoder::asStored);
    }

    private static BufferedImage decode(Path file, Decoding decoding) {
        if (!Files.isRegularFile(file)) {
            throw new BadImage("no such image file: " + file, "give one that exists");
        }
        try (InputStream content = Files.newInputStream(file)) {
            return decode(content, file.toString(), decoding);
        } catch (IOException e) {
            throw unreadable(file.toString(), e);
        }
    }

    /**
     * Reads an image from a stream, as {@link #decode(Path)} does from a file.
     *
     * @param name what a refusal calls it
     * @throws BadImage if it holds no whole image, or too large a one
     */
    public static BufferedImage decode(InputStream content, String name) {
        return decode(content, name, ImageDecoder::asSeen);
    }

    private static BufferedImage decode(InputStream content, String name, Decoding decoding) {
        try (ImageInputStream stream = new MemoryCacheImageInputStream(content)) {
            Iterator<ImageReader> readers = ImageIO.getImageReaders(stream);
            if (!readers.hasNext()) {
                throw new IIOException("of no known format");
            }
            ImageReader reader = readers.next();
            try {
                reader.setInput(stream);
                return decode(reader, name, decoding);
            } finally {
                reader.dispose();
            }
        } catch (BadImage e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            // Java's decoders also meet damaged files with unchecked exceptions.
            throw unreadable(name, e);
        }
    }

    private static BadImage unreadable(String name, Exception cause) {
        BadImage refusal = new BadImage("cannot read image " + name, CURE);
        refusal.initCause(cause);
        return refusal;
    }

    /**
     * Has Java look for readers beside this class. Else it looks where the thread that is first to
     * read an image does, which inside Maven's process is not here.
     */
    private static void findReaders() {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(ImageDecoder.class.getClassLoader());
        try {
            ImageIO.scanForPlugins();
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private static BufferedImage decode(ImageReader reader, String name, Decoding decoding)
            throws IOException {
        long pixels = (long) reader.getWidth(0) * reader.getHeight(0);
        if (pixels > PixelMemory.MOST) {
            throw new BadImage(
                    "image %s has %dx%d pixels, of which Java's memory holds %d"
                            .formatted(
                                    name,
                                    reader.getWidth(0),
                                    reader.getHeight(0),
                                    PixelMemory.MOST),
                    "scale it down");
        }
        PixelMemory.take(pixels);
        try {
            return decoding.decode(reader);
        } finally {
            PixelMemory.release(pixels);
        }
    }

    /** What is made of a file's first image. */
    private interface Decoding {
        BufferedImage decode(ImageReader reader) throws IOException;
    }

    private static BufferedImage asSeen(ImageReader reader) throws IOException {
        Orientation orientation = Orientation.of(reader);
        return orientation.upright(Levels.of(asStored(reader)));
    }

    private static BufferedImage asStored(ImageReader reader) throws IOException {
        List<String> warnings = new ArrayList<>();
        reader.addIIOReadWarningListener((source, warning) -> warnings.add(warning));
        BufferedImage image = reader.read(0);
        refuseParts(warnings);
        return image;
    }

    /** A JPEG that ends too early is gray from there on, of which the decoder only warns. */
    private static void refuseParts(List<String> warnings) throws IOException {
        for (String warning : warnings) {
            if (warning.contains("Truncated File") || warning.contains("premature end")) {
                throw new EOFException(warning);
            }
        }
    }
}
