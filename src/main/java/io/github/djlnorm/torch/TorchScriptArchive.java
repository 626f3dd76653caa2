package io.github.djlnorm.torch;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * The bytes of a TorchScript module, as {@code torch.jit.save} would write it: source code, and a
 * pickle of its attributes.
 */
final class TorchScriptArchive {

    private static final String CLASS = "Function";
    private static final byte[] EMPTY_TUPLE = {(byte) 0x80, 2, ')', '.'};
    private static final byte[] FORMAT_VERSION = "3\n".getBytes(StandardCharsets.US_ASCII);

    private TorchScriptArchive() {}

    static byte[] of(String source, Map<String, Object> constants) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            zip.setMethod(ZipOutputStream.STORED);
            put(zip, "code/__torch__.py", code(source, constants));
            put(zip, "data.pkl", pickle(constants));
            put(zip, "constants.pkl", EMPTY_TUPLE);
            put(zip, "version", FORMAT_VERSION);
        } catch (IOException e) {
            throw new UncheckedIOException("A stream in memory cannot fail to be written", e);
        }
        return bytes.toByteArray();
    }

    private static byte[] code(String source, Map<String, Object> constants) {
        StringBuilder code = new StringBuilder("class " + CLASS + "(Module):\n");
        code.append("  __parameters__ = []\n  __buffers__ = []\n  training : bool\n");
        constants.forEach(
                (name, value) -> code.append("  " + name + " : " + type(name, value) + "\n"));
        code.append(source.indent(2));
        return code.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static String type(String name, Object value) {
        if (value instanceof Long) {
            return "int";
        } else if (value instanceof Double) {
            return "float";
        } else if (value instanceof Boolean) {
            return "bool";
        }
        throw new IllegalArgumentException(
                "a constant of a libtorch function must be a Long, Double or Boolean; got "
                        + name
                        + " = "
                        + value
                        + " of "
                        + value.getClass().getName());
    }

    private static byte[] pickle(Map<String, Object> constants) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.write(new byte[] {(byte) 0x80, 2}); // protocol 2
        out.writeBytes("c__torch__\n" + CLASS + "\n"); // GLOBAL
        out.writeBytes(")"); // EMPTY_TUPLE
        out.writeByte(0x81); // NEWOBJ
        out.writeBytes("}("); // EMPTY_DICT, MARK
        pickle(out, "training", false);
        for (Map.Entry<String, Object> constant : constants.entrySet()) {
            pickle(out, constant.getKey(), constant.getValue());
        }
        out.writeBytes("ub."); // SETITEMS, BUILD, STOP
        return bytes.toByteArray();
    }

    private static void pickle(DataOutputStream out, String name, Object value) throws IOException {
        byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
        out.writeByte('X'); // BINUNICODE
        out.writeInt(Integer.reverseBytes(utf8.length));
        out.write(utf8);
        if (value instanceof Long number) {
            out.writeByte(0x8a); // LONG1
            out.writeByte(Long.BYTES);
            out.writeLong(Long.reverseBytes(number));
        } else if (value instanceof Double number) {
            out.writeByte('G'); // BINFLOAT, the only big-endian one
            out.writeDouble(number);
        } else {
            out.writeByte((Boolean) value ? 0x88 : 0x89); // NEWTRUE, NEWFALSE
        }
    }

    private static void put(ZipOutputStream zip, String name, byte[] content) throws IOException {
        CRC32 crc = new CRC32();
        crc.update(content);
        ZipEntry entry = new ZipEntry("m/" + name);
        entry.setSize(content.length);
        entry.setCrc(crc.getValue());
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
    }
}
