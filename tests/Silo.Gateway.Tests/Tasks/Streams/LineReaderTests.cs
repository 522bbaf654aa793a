using System.IO.Pipelines;
using System.Text;
using Silo.Gateway.Tasks.Streams;

namespace Silo.Gateway.Tests.Tasks.Streams;

public sealed class LineReaderTests
{
    [Theory]
    [InlineData("one\n")]
    [InlineData("one\nhalf")]
    [InlineData("")]
    public async Task Body_ReadToItsEnd_IsGivenBack(string text)
    {
        var pipe = new Pipe();
        await pipe.Writer.WriteAsync(Encoding.UTF8.GetBytes(text), TestContext.Current.CancellationToken);
        await pipe.Writer.CompleteAsync();
        var lines = new LineReader(pipe.Reader, 100);
        for (var read = LineRead.NotYet; read != LineRead.End; read = lines.Read(out _))
        {
            if (read == LineRead.NotYet)
                await lines.FillAsync(TestContext.Current.CancellationToken);
        }

        lines.Release();

        // Throws while what was read last is still taken.
        Assert.True(pipe.Reader.TryRead(out var rest));
        Assert.True(rest.IsCompleted);
        Assert.True(rest.Buffer.IsEmpty);
    }
}
