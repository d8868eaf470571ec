package net.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example of docs/writing-a-driver.md. */
class WritingADriverTest {
    private static final Pattern BLOCK = Pattern.compile("```java\\n(.*?)```", Pattern.DOTALL);
    private static final Pattern TYPE = Pattern.compile("^(?:public )?(?:final |abstract )*(?:class|record|interface) (\\w+)", Pattern.MULTILINE);

    @Test
    void theExampleOfThePageCompilesWithoutAWarning(@TempDir Path classes) throws IOException {
        Path page = Path.of(System.getProperty("hotnic.top", "..")).resolve("docs/writing-a-driver.md");
        List<JavaFileObject> sources = new ArrayList<>();
        for (Matcher m = BLOCK.matcher(Files.readString(page)); m.find();) {
            String text = m.group(1);
            Matcher type = TYPE.matcher(text);
            assertThat(type.find()).as(text).isTrue();
            sources.add(new SimpleJavaFileObject(URI.create("string:///example/" + type.group(1) + ".java"), JavaFileObject.Kind.SOURCE) {
                @Override
                public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                    return text;
                }
            });
        }
        assertThat(sources).hasSizeGreaterThanOrEqualTo(4);
        StringWriter out = new StringWriter();
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        boolean compiled = compiler.getTask(out, null, null, List.of("-d", classes.toString(), "-cp", System.getProperty("java.class.path"),
                "-Xlint:all,-classfile,-processing"), null, sources).call();
        assertThat(compiled).as(out.toString()).isTrue();
        assertThat(out.toString()).isEmpty();
    }
}
