package io.github.djlnorm.weights.format;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.djlnorm.weights.storage.AtomicFile;
import io.github.djlnorm.weights.storage.ElementType;
import io.github.djlnorm.weights.storage.FileTensor;
import io.github.djlnorm.weights.storage.StoredZip;
import io.github.djlnorm.weights.storage.Tensor;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.Map;

/**
 * Writes a state dict as torch.save does since PyTorch 1.6: an archive of a pickle of protocol 2
 * and a storage for each tensor, which {@code torch.load(weights_only=True)} reads.
 */
final class TorchWriter {

    private static final String FOLDER = "archive/";

    private final ByteArrayOutputStream pickle = new ByteArrayOutputStream();
    private final DataOutputStream out = new DataOutputStream(pickle);

    private TorchWriter() {}

    static void write(Map<String, Tensor> tensors, WritableByteChannel file) throws IOException {
        StoredZip zip = new StoredZip(file);
        zip.put(FOLDER + "data.pkl", ByteBuffer.wrap(new TorchWriter().pickle(tensors)));
        zip.put(FOLDER + "byteorder", ByteBuffer.wrap("little".getBytes(US_ASCII)));
        int key = 0;
        for (Tensor tensor : tensors.values()) {
            zip.put(FOLDER + "data/" + key++, AtomicFile.littleEndian(tensor));
        }
        zip.put(FOLDER + "version", ByteBuffer.wrap("3\n".getBytes(US_ASCII)));
        zip.finish();
    }

    private byte[] pickle(Map<String, Tensor> tensors) throws IOException {
        out.write(new byte[] {(byte) 0x80, 2}); // PROTO
        emptyOrderedDict();
        out.writeByte('('); // MARK
        int key = 0;
        for (Map.Entry<String, Tensor> named : tensors.entrySet()) {
            text(named.getKey());
            tensor(named.getValue(), key++);
        }
        out.writeBytes("u."); // SETITEMS, STOP
        return pickle.toByteArray();
    }

    private void emptyOrderedDict() throws IOException {
        name("collections", "OrderedDict");
        out.writeBytes(")R"); // EMPTY_TUPLE, REDUCE
    }

    private void tensor(Tensor tensor, int key) throws IOException {
        long[] sizes = tensor.shape().getShape();
        name("torch._utils", "_rebuild_tensor_v2");
        out.writeBytes("(("); // MARK, MARK
        text("storage");
        name("torch", ElementType.of(tensor.dataType()).torchStorage());
        text(Integer.toString(key));
        text("cpu");
        number(tensor.shape().size());
        out.writeBytes("tQ"); // TUPLE, BINPERSID
        number(0);
        numbers(sizes);
        numbers(FileTensor.rowMajorStrides(sizes));
        out.writeByte(0x89); // NEWFALSE
        emptyOrderedDict();
        out.writeBytes("tR"); // TUPLE, REDUCE
    }

    private void name(String module, String name) throws IOException {
        out.writeBytes("c" + module + "\n" + name + "\n"); // GLOBAL
    }

    private void text(String text) throws IOException {
        byte[] utf8 = text.getBytes(UTF_8);
        out.writeByte('X'); // BINUNICODE
        out.writeInt(Integer.reverseBytes(utf8.length));
        out.write(utf8);
    }

    private void number(long value) throws IOException {
        out.writeByte(0x8a); // LONG1
        out.writeByte(Long.BYTES);
        out.writeLong(Long.reverseBytes(value));
    }

    private void numbers(long... values) throws IOException {
        out.writeByte('('); // MARK
        for (long value : values) {
            number(value);
        }
        out.writeByte('t'); // TUPLE
    }
}
