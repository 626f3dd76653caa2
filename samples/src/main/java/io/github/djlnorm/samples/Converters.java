package io.github.djlnorm.samples;

import io.github.djlnorm.Norm;
import java.util.Iterator;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** How names on the command line become what they stand for. */
final class Converters {

    private Converters() {}

    /** Reads a norm. */
    static final class ToNorm implements ITypeConverter<Norm> {

        @Override
        public Norm convert(String value) {
            try {
                return Norm.parse(value);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }

    /** The norms, for the help. */
    static final class Norms implements Iterable<String> {

        @Override
        public Iterator<String> iterator() {
            return Norm.names().iterator();
        }
    }

    /** Reads a net. */
    static final class ToNet implements ITypeConverter<Net> {

        @Override
        public Net convert(String value) {
            try {
                return Net.parse(value);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }
}
