using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging.Abstractions;
using Silo.Gateway.Metrics;
using Silo.Gateway.Overview;
using Silo.Gateway.Requests;
using Silo.Gateway.Tasks;
using Silo.Gateway.Tasks.Streams;
using Silo.Gateway.Tests.Hosting;
using Silo.Testing;

namespace Silo.Gateway.Tests.Tasks.Streams;

public sealed class BackPressureTests
{
    [Fact]
    public async Task Stream_AnswersNotTaken_IsReadNoFurtherThanOneGroupAhead()
    {
        const int groups = 5;
        var client = new FakeSiloClient();
        var request = Filled(string.Concat(Enumerable.Repeat("{\"type\":\"echo\"}\n", groups * SubmitStream.GroupLinesMax)));
        var response = new Pipe(new PipeOptions(pauseWriterThreshold: 1, resumeWriterThreshold: 1, useSynchronizationContext: false));
        var context = new DefaultHttpContext();
        context.Features.Set<IHttpResponseBodyFeature>(new PipedResponse(response.Writer));
        var options = new GatewayOptions();
        using var hold = new BodyMemory(options).Open();
        using var turns = new ReadingTurns();
        using var writer = new LineWriter(context.Response, TimeProvider.System);
        var names = new KnownNames(new SchedulerView(client, TimeProvider.System, NullLogger<SchedulerView>.Instance), handlers: null, unoffered: []);
        var stream = new SubmitStream(new LineSubmitter(client, names, new BacklogGate(client, options, TimeProvider.System, NullLogger<BacklogGate>.Instance), new SubmitTotals(), options), writer, hold, turns, options.BodyTimeMax, TimeProvider.System, TestContext.Current.CancellationToken);

        // Everything else answers at once, so this returns where it waits for the client.
        var running = stream.RunAsync(new LineReader(request, options.LineBytesMax), CancellationToken.None);

        Assert.False(running.IsCompleted);
        Assert.Single(client.Submitted);

        var drained = response.Reader.CopyToAsync(Stream.Null, TestContext.Current.CancellationToken);
        await Await.Within(running, GatewayServer.Limit, "the rest to be read once the client takes its answers");
        Assert.Equal(groups, client.Submitted.Count);
        await response.Writer.CompleteAsync();
        await drained;
    }

    private static PipeReader Filled(string body) => PipeReader.Create(new System.Buffers.ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(body)));

    private sealed class PipedResponse(PipeWriter writer) : IHttpResponseBodyFeature
    {
        public Stream Stream => writer.AsStream();

        public PipeWriter Writer => writer;

        public void DisableBuffering()
        {
        }

        public Task StartAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;

        public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default) => throw new NotSupportedException("No file is sent.");

        public Task CompleteAsync() => Task.CompletedTask;
    }
}
