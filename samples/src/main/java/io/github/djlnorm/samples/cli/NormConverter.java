package io.github.djlnorm.samples.cli;

import io.github.djlnorm.Norm;
import java.util.Iterator;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a norm from the command line. */
public final class NormConverter implements ITypeConverter<Norm> {

    @Override
    public Norm convert(String value) {
        try {
            return Norm.parse(value);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(e.getMessage() + Suggestion.of(value, Norm.names()));
        }
    }

    /** The norms, for the help. */
    public static final class Names implements Iterable<String> {

        @Override
        public Iterator<String> iterator() {
            return Norm.names().iterator();
        }
    }
}
