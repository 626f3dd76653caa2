package io.github.djlnorm.weights;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import io.github.djlnorm.internal.Refusal;
import io.github.djlnorm.torch.TorchFunction;
import io.github.djlnorm.weights.format.Contents;
import io.github.djlnorm.weights.format.WeightFiles;
import io.github.djlnorm.weights.format.WeightFormat;
import io.github.djlnorm.weights.storage.MalformedWeightsException;
import io.github.djlnorm.weights.storage.Source;
import io.github.djlnorm.weights.storage.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Named tensors in their order, as PyTorch's {@code state_dict()} gives them: read from a file, or
 * taken from a block and written to one.
 *
 * <p>A file is known by its content, not by its name:
 *
 * <ul>
 *   <li>what {@code torch.save} writes, before PyTorch 1.6 too: a state dict, or one inside of
 *       dicts, or a whole module; and what {@code torch.jit.save} writes
 *   <li>safetensors
 *   <li>npz, compressed or not
 * </ul>
 *
 * <p>Types are float16, float32, float64, int8, uint8, int32, int64 and bool. bfloat16 is widened
 * to float32, int16 and uint16 to int32, uint32 to int64, exactly. DJL's PyTorch engine has no
 * others: a tensor of another one, and one that depends on an object of Python, is {@link #refused}
 * and the others are read. What is no tensor is passed over. Tensors may be views with strides and
 * may share a storage; one whose elements share a place, as {@code expand} makes it, is damage to
 * us. A tensor holds at most 2 GiB, a file any number of them.
 *
 * <p>Opening a file reads only its directory. A tensor is read when it is asked for, from the file
 * into its own memory, so that memory never holds more than the tensors and a small buffer.
 *
 * <p>Closing a state dict closes its file; arrays made before stay.
 *
 * @see WeightLoader
 * @see <a href="https://pytorch.org/docs/stable/notes/serialization.html">PyTorch's serialization
 *     semantics, 2025</a>
 * @see <a href="https://huggingface.co/docs/safetensors">The safetensors format, 2022</a>
 */
public final class StateDict implements AutoCloseable {

    private final Contents contents;
    private final AutoCloseable source;

    private StateDict(Contents contents, AutoCloseable source) {
        this.contents = contents;
        this.source = source;
    }

    /**
     * Opens the one state dict in a file.
     *
     * @param file the file
     * @return the state dict, which the caller closes
     * @throws MalformedWeightsException if the file is damaged or of another kind, or holds several
     *     state dicts; the message has the keys to choose from
     * @throws IOException if it cannot be read
     */
    public static StateDict read(Path file) throws IOException {
        return read(file, Optional.empty());
    }

    /**
     * Opens a state dict inside a checkpoint, as in {@code torch.save({"epoch": 3, "model":
     * model.state_dict()}, file)}.
     *
     * @param file the file
     * @param key the state dict's key, as in "model", or keys with dots between them, as in
     *     "state.model"; "." is the saved object itself
     * @return the state dict, which the caller closes
     * @throws MalformedWeightsException if the file is damaged or of another kind, or has no such
     *     key
     * @throws IOException if it cannot be read
     */
    public static StateDict read(Path file, String key) throws IOException {
        return read(file, Optional.of(key));
    }

    /**
     * Reads the one state dict in memory.
     *
     * @param bytes what a file would hold, from position to limit; it must stay as it is
     * @return the state dict
     * @throws MalformedWeightsException as for a file
     * @throws IOException if it cannot be read
     */
    public static StateDict read(ByteBuffer bytes) throws IOException {
        return new StateDict(WeightFiles.read(Source.of(bytes), Optional.empty()), () -> {});
    }

    /**
     * Reads a state dict inside a checkpoint in memory.
     *
     * @param bytes what a file would hold, from position to limit; it must stay as it is
     * @param key the state dict's key, as for a file
     * @return the state dict
     * @throws MalformedWeightsException as for a file
     * @throws IOException if it cannot be read
     */
    public static StateDict read(ByteBuffer bytes, String key) throws IOException {
        return new StateDict(WeightFiles.read(Source.of(bytes), Optional.of(key)), () -> {});
    }

    /**
     * Reads the one state dict in a stream, all of which is held in memory.
     *
     * @param stream what a file would hold, up to its end; the caller closes it
     * @return the state dict
     * @throws MalformedWeightsException as for a file
     * @throws IOException if it cannot be read
     */
    public static StateDict read(InputStream stream) throws IOException {
        return read(ByteBuffer.wrap(stream.readAllBytes()));
    }

    /**
     * Reads a state dict inside a checkpoint in a stream, all of which is held in memory.
     *
     * @param stream what a file would hold, up to its end; the caller closes it
     * @param key the state dict's key, as for a file
     * @return the state dict
     * @throws MalformedWeightsException as for a file
     * @throws IOException if it cannot be read
     */
    public static StateDict read(InputStream stream, String key) throws IOException {
        return read(ByteBuffer.wrap(stream.readAllBytes()), key);
    }

    private static StateDict read(Path file, Optional<String> key) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        try {
            return new StateDict(WeightFiles.read(Source.of(channel), key), channel);
        } catch (MalformedWeightsException e) {
            channel.close();
            throw new MalformedWeightsException(file + ": " + e.getMessage(), e);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /**
     * Takes the parameters of a block, named by their place in it: the names of the children down
     * to the parameter, joined by dots, and the parameter's name in PyTorch, as in {@code
     * 01Conv2d.weight} and {@code 02GroupNorm.bias}.
     *
     * @param block an initialized block
     * @return the state dict, with the values that the block has when they are asked for
     * @throws IllegalArgumentException if the block is not initialized
     */
    public static StateDict of(Block block) {
        return of(block, UnaryOperator.identity());
    }

    /**
     * Takes the parameters of a block under other names, such as those of the checkpoint that it
     * was loaded from ({@link LoadReport#checkpointName}) or those of {@link WeightNames}.
     *
     * <p>Running statistics come with {@code num_batches_tracked}, zero, which PyTorch's strict
     * {@code load_state_dict} demands. A scale or shift that DJL's own layers keep untrained at one
     * or zero is left out, as PyTorch's layers have none with {@code affine=False}.
     *
     * @param block an initialized block
     * @param names from a name as {@link #of(Block)} gives it to the name in the state dict
     * @return the state dict, with the values that the block has when they are asked for
     * @throws IllegalArgumentException if the block is not initialized, or two parameters get the
     *     same name
     */
    public static StateDict of(Block block, UnaryOperator<String> names) {
        return new StateDict(new Contents(BlockTensors.of(block, names), Map.of(), ""), () -> {});
    }

    /**
     * Returns the tensors.
     *
     * @return the tensors by name, in their order, unmodifiable
     */
    public Map<String, Tensor> tensors() {
        return Collections.unmodifiableMap(contents.tensors());
    }

    /**
     * Returns the tensors that DJL cannot have.
     *
     * @return the reasons by name, unmodifiable
     */
    public Map<String, String> refused() {
        return Collections.unmodifiableMap(contents.refused());
    }

    /** What makes DJL's types of {@link #refused} ones. */
    String cure() {
        return contents.cure();
    }

    /**
     * Reads a tensor into an array.
     *
     * @param name the tensor's name
     * @param manager the manager that the array is attached to
     * @return the array
     * @throws IllegalArgumentException if there is no such tensor, or it is {@link #refused}
     * @throws IOException if it cannot be read
     */
    public NDArray get(String name, NDManager manager) throws IOException {
        Tensor tensor = contents.tensors().get(name);
        if (tensor == null) {
            if (contents.refused().containsKey(name)) {
                throw Refusal.of(
                        "a tensor must be of a type that DJL has",
                        "a float or an integer type in " + name,
                        contents.refused().get(name),
                        "read the others, or " + cure());
            }
            throw Refusal.of(
                    "the name must be one of the state dict's",
                    "one of " + contents.tensors().size() + " names",
                    name,
                    "see tensors()");
        }
        return array(tensor, manager);
    }

    static NDArray array(Tensor tensor, NDManager manager) throws IOException {
        int size = tensor.bufferSize();
        NDArray array = manager.create(tensor.shape(), tensor.dataType());
        try {
            if (size > 0) {
                // On the CPU of the PyTorch engine this is the array's own memory.
                boolean isOwn = TorchFunction.takes(array) && !array.getDevice().isGpu();
                ByteBuffer memory = isOwn ? array.toByteBuffer(true) : manager.allocateDirect(size);
                tensor.read(memory.order(ByteOrder.nativeOrder()));
                if (!isOwn) {
                    array.set(memory.rewind());
                }
            }
            return array;
        } catch (IOException | RuntimeException e) {
            array.close();
            throw e;
        }
    }

    /**
     * Writes all tensors to a file, as a whole or not at all: {@code .safetensors}, {@code .npz},
     * or {@code .pth} and {@code .pt} as {@code torch.save} writes them. What was widened is
     * written so.
     *
     * @param file the file, which is replaced if it exists
     * @throws IllegalArgumentException if the name ends otherwise
     * @throws IOException if it cannot be written
     */
    public void write(Path file) throws IOException {
        WeightFiles.write(contents.tensors(), file);
    }

    /**
     * Writes all tensors to a stream.
     *
     * @param format the format
     * @param stream the stream, which is left open
     * @throws IllegalArgumentException if the format cannot have one of the names
     * @throws IOException if they cannot be written
     */
    public void write(WeightFormat format, OutputStream stream) throws IOException {
        format.write(contents.tensors(), Channels.newChannel(stream));
    }

    /** Closes the file. */
    @Override
    public void close() throws IOException {
        try {
            source.close();
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException(e);
        }
    }
}
