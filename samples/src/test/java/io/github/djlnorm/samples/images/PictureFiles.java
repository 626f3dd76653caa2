package io.github.djlnorm.samples.images;

import java.awt.Point;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;

/** Writes image files of the kinds that real folders hold. */
public final class PictureFiles {

    private PictureFiles() {}

    /** An image of one color. */
    public static BufferedImage plain(int width, int height, int rgb) {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        int[] pixels = new int[width * height];
        Arrays.fill(pixels, rgb);
        image.setRGB(0, 0, width, height, pixels, 0, width);
        return image;
    }

    /** An image of noise, which no format makes small. */
    static BufferedImage noise(int width, int height) {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        int[] pixels = new Random(1).ints((long) width * height, 0, 1 << 24).toArray();
        image.setRGB(0, 0, width, height, pixels, 0, width);
        return image;
    }

    public static byte[] encode(BufferedImage image, String format) throws IOException {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        if (!ImageIO.write(image, format, content)) {
            throw new IOException("no writer for this image as " + format);
        }
        return content.toByteArray();
    }

    /** A PNG image of one pixel of the given samples, gray with or without alpha, or a color. */
    static byte[] png(int bits, int... samples) throws IOException {
        int type = bits == 8 ? DataBuffer.TYPE_BYTE : DataBuffer.TYPE_USHORT;
        ColorSpace space =
                ColorSpace.getInstance(
                        samples.length < 3 ? ColorSpace.CS_GRAY : ColorSpace.CS_sRGB);
        boolean alpha = samples.length % 2 == 0;
        WritableRaster raster =
                Raster.createInterleavedRaster(type, 1, 1, samples.length, new Point());
        raster.setPixel(0, 0, samples);
        int transparency = alpha ? BufferedImage.TRANSLUCENT : BufferedImage.OPAQUE;
        ComponentColorModel model =
                new ComponentColorModel(space, alpha, false, transparency, type);
        return encode(new BufferedImage(model, raster, false, null), "png");
    }

    /** A PNG image of one gray pixel of 16 bits. */
    public static byte[] grayOfSixteenBits(int level) throws IOException {
        return png(16, 257 * level);
    }

    /** A JPEG file's content with an EXIF segment that tells how the camera was held. */
    static byte[] withOrientation(byte[] jpeg, int orientation) {
        byte[] tiff = {
            'M',
            'M',
            0,
            42,
            0,
            0,
            0,
            8, // big-endian, the first directory at byte 8
            0,
            1, // one entry: tag 0x0112, of type SHORT, one of them
            1,
            0x12,
            0,
            3,
            0,
            0,
            0,
            1,
            0,
            (byte) orientation,
            0,
            0,
            0,
            0,
            0,
            0
        };
        byte[] head = "Exif\0\0".getBytes(StandardCharsets.US_ASCII);
        int length = 2 + head.length + tiff.length;
        return ByteBuffer.allocate(jpeg.length + 2 + length)
                .put(jpeg, 0, 2)
                .putShort((short) 0xFFE1)
                .putShort((short) length)
                .put(head)
                .put(tiff)
                .put(jpeg, 2, jpeg.length - 2)
                .array();
    }

    /** A JPEG image of one color in cyan, magenta, yellow and black, inverted as Adobe does. */
    static byte[] cmykJpeg(int... cmyk) throws IOException {
        WritableRaster raster =
                Raster.createInterleavedRaster(DataBuffer.TYPE_BYTE, 16, 16, 4, null);
        for (int i = 0; i < 256; i++) {
            for (int band = 0; band < 4; band++) {
                raster.setSample(i % 16, i / 16, band, 255 - cmyk[band]);
            }
        }
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        ImageWriter writer = jdkJpegWriter();
        try (ImageOutputStream stream = ImageIO.createImageOutputStream(content)) {
            writer.setOutput(stream);
            writer.write(new IIOImage(raster, null, null));
        } finally {
            writer.dispose();
        }
        byte[] jpeg = content.toByteArray();
        byte[] adobe = {
            (byte) 0xFF, (byte) 0xEE, 0, 14, 'A', 'd', 'o', 'b', 'e', 0, 100, 0, 0, 0, 0, 0
        };
        return ByteBuffer.allocate(jpeg.length + adobe.length)
                .put(jpeg, 0, 2)
                .put(adobe)
                .put(jpeg, 2, jpeg.length - 2)
                .array();
    }

    private static ImageWriter jdkJpegWriter() throws IOException {
        var writers = ImageIO.getImageWritersByFormatName("jpeg");
        while (writers.hasNext()) {
            ImageWriter writer = writers.next();
            if (writer.getClass().getName().startsWith("com.sun.")) {
                return writer;
            }
        }
        throw new IOException("Java has no JPEG writer of its own");
    }

    /** An animated GIF image, a frame for each color. */
    static byte[] gif(int... colors) throws IOException {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        ImageWriter writer = ImageIO.getImageWritersByFormatName("gif").next();
        try (ImageOutputStream stream = ImageIO.createImageOutputStream(content)) {
            writer.setOutput(stream);
            writer.prepareWriteSequence(null);
            for (int color : colors) {
                BufferedImage frame = plain(4, 4, color);
                writer.writeToSequence(new IIOImage(frame, null, null), null);
            }
            writer.endWriteSequence();
        } finally {
            writer.dispose();
        }
        return content.toByteArray();
    }

    /** A PNG file that claims a size and holds next to nothing. */
    public static Path writeClaiming(Path file, int width, int height) throws IOException {
        byte[] content = encode(plain(1, 1, 0), "png");
        ByteBuffer.wrap(content).putInt(16, width).putInt(20, height);
        CRC32 sum = new CRC32();
        sum.update(content, 12, 17);
        ByteBuffer.wrap(content).putInt(29, (int) sum.getValue());
        return Files.write(file, content);
    }

    /** The first half of a JPEG file. */
    public static Path writeHalf(Path file) throws IOException {
        byte[] content = encode(noise(64, 64), "jpg");
        return Files.write(file, Arrays.copyOf(content, content.length / 2));
    }
}
