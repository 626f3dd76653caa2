package io.github.djlnorm.weights.pickle;

import io.github.djlnorm.weights.storage.MalformedWeightsException;
import io.github.djlnorm.weights.storage.Printable;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

/** The numbers and texts of a pickle, none longer than the pickle itself. */
final class PickleInput {

    private static final int MAX_DIGITS = 250; // which take more than linear time to read

    private final ByteBuffer pickle;

    PickleInput(ByteBuffer pickle) {
        this.pickle = pickle.order(ByteOrder.LITTLE_ENDIAN);
    }

    /** The number, text or bytes that an instruction stands for. */
    Object plainValue(int opcode) throws MalformedWeightsException {
        return switch (opcode) {
            case 'N' -> null; // NONE
            case 0x88 -> true; // NEWTRUE
            case 0x89 -> false; // NEWFALSE
            case 'K' -> (long) unsignedByte(); // BININT1
            case 'M' -> (long) unsignedShort(); // BININT2
            case 'J' -> (long) number(); // BININT
            case 'I', 'L' -> decimal(); // INT, LONG
            case 0x8a -> longValue(unsignedByte()); // LONG1
            case 0x8b -> longValue(number()); // LONG4
            case 'F' -> decimalFraction(); // FLOAT
            case 'G' -> bigEndianDouble(); // BINFLOAT
            case 'S' -> quotedLine(); // STRING
            case 'T' -> latin(number()); // BINSTRING
            case 'U' -> latin(unsignedByte()); // SHORT_BINSTRING
            case 'V' -> escapedLine(); // UNICODE
            case 'X' -> text(number()); // BINUNICODE
            case 0x8c -> text(unsignedByte()); // SHORT_BINUNICODE
            case 0x8d -> text(length()); // BINUNICODE8
            case 'B' -> bytes(number()); // BINBYTES
            case 'C' -> bytes(unsignedByte()); // SHORT_BINBYTES
            case 0x8e, 0x96 -> bytes(length()); // BINBYTES8, BYTEARRAY8
            default ->
                    throw malformed(
                            "has an instruction that torch.save does not write: 0x%02x"
                                    .formatted(opcode));
        };
    }

    int unsignedByte() throws CutOffPickleException {
        return Byte.toUnsignedInt(need(1).get());
    }

    int unsignedShort() throws CutOffPickleException {
        return Short.toUnsignedInt(need(Short.BYTES).getShort());
    }

    int number() throws CutOffPickleException {
        return need(Integer.BYTES).getInt();
    }

    /** A length of eight bytes, of which no more than an int can be there. */
    int length() throws CutOffPickleException {
        long length = need(Long.BYTES).getLong();
        return (int) Math.min(length < 0 ? Integer.MAX_VALUE : length, Integer.MAX_VALUE);
    }

    double bigEndianDouble() throws CutOffPickleException {
        return Double.longBitsToDouble(Long.reverseBytes(need(Long.BYTES).getLong()));
    }

    Number longValue(int length) throws MalformedWeightsException {
        if (length > MAX_DIGITS) {
            throw malformed("has a number of " + length + " bytes");
        }
        byte[] littleEndian = bytes(length);
        byte[] bigEndian = new byte[littleEndian.length + 1];
        for (int i = 0; i < littleEndian.length; i++) {
            bigEndian[bigEndian.length - 1 - i] = littleEndian[i];
        }
        // An empty number is zero; the sign is that of the highest byte.
        bigEndian[0] = (byte) (bigEndian.length > 1 && bigEndian[1] < 0 ? -1 : 0);
        return small(new BigInteger(bigEndian));
    }

    /** INT and LONG of protocol 0: digits, which L may follow; 00 and 01 are False and True. */
    Object decimal() throws MalformedWeightsException {
        String line = line();
        if (line.equals("00") || line.equals("01")) {
            return line.equals("01");
        }
        String digits = line.endsWith("L") ? line.substring(0, line.length() - 1) : line;
        try {
            if (digits.length() <= MAX_DIGITS) {
                return small(new BigInteger(digits));
            }
        } catch (NumberFormatException e) {
            // below
        }
        throw malformed("has " + Printable.quoted(line) + " for a number");
    }

    Double decimalFraction() throws MalformedWeightsException {
        String line = line();
        try {
            return switch (line) {
                case "nan" -> Double.NaN;
                case "inf" -> Double.POSITIVE_INFINITY;
                case "-inf" -> Double.NEGATIVE_INFINITY;
                default -> Double.valueOf(line);
            };
        } catch (NumberFormatException e) {
            throw malformed("has " + Printable.quoted(line) + " for a number");
        }
    }

    private static Number small(BigInteger value) {
        return value.bitLength() < Long.SIZE ? (Number) value.longValue() : value;
    }

    String text(int length) throws CutOffPickleException {
        return text(length, StandardCharsets.UTF_8);
    }

    /** Text of Python 2, whose bytes are mostly ASCII. */
    String latin(int length) throws CutOffPickleException {
        return text(length, StandardCharsets.ISO_8859_1);
    }

    private String text(int length, Charset charset) throws CutOffPickleException {
        return new String(bytes(length), charset);
    }

    String line() throws CutOffPickleException {
        return line(StandardCharsets.UTF_8);
    }

    private String latinLine() throws CutOffPickleException {
        return line(StandardCharsets.ISO_8859_1);
    }

    private String line(Charset charset) throws CutOffPickleException {
        int end = pickle.position();
        while (end < pickle.limit() && pickle.get(end) != '\n') {
            end++;
        }
        String line = text(end - pickle.position(), charset);
        skip(1);
        return line;
    }

    /** STRING of protocol 0, in quotes. */
    String quotedLine() throws CutOffPickleException {
        String line = latinLine();
        boolean isQuoted = line.length() > 1 && line.charAt(0) == line.charAt(line.length() - 1);
        return PythonEscapes.ofText(isQuoted ? line.substring(1, line.length() - 1) : line);
    }

    /** UNICODE of protocol 0. */
    String escapedLine() throws CutOffPickleException {
        return PythonEscapes.ofUnicode(latinLine());
    }

    byte[] bytes(int count) throws CutOffPickleException {
        need(count);
        byte[] bytes = new byte[count];
        pickle.get(bytes);
        return bytes;
    }

    void skip(int count) throws CutOffPickleException {
        need(count).position(pickle.position() + count);
    }

    private ByteBuffer need(int count) throws CutOffPickleException {
        if (count < 0 || count > pickle.remaining()) {
            throw new CutOffPickleException();
        }
        return pickle;
    }

    private static MalformedWeightsException malformed(String what) {
        return new MalformedWeightsException("the pickle " + what);
    }
}
