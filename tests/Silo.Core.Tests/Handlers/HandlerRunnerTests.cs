using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Silo.Core.Handlers;
using Silo.Core.Tasks;

namespace Silo.Core.Tests.Handlers;

public sealed class HandlerRunnerTests
{
    [Fact]
    public async Task Run_PayloadFits_GivesTheResultInCamelCase()
    {
        var result = await Runner().RunAsync(Bytes("""{"name":"ä","count":2,"tags":["x"],"size":"large"}"""), new NoContext(), CancellationToken.None);

        Assert.Equal("""{"said":"ä","times":2,"size":"large"}""", Encoding.UTF8.GetString(result.Span));
    }

    [Fact]
    public async Task Run_EachExecution_HasAScopeOfItsOwnThatEndsWithIt()
    {
        using var provider = Provider();
        var runner = provider.GetRequiredService<IHandlerCatalog>().Find("greet")!;
        await runner.RunAsync(Bytes("""{"name":"a"}"""), new NoContext(), CancellationToken.None);
        await runner.RunAsync(Bytes("""{"name":"b"}"""), new NoContext(), CancellationToken.None);

        var ledger = provider.GetRequiredService<ScopeLedger>();
        Assert.Equal((2, 2), (ledger.Made, ledger.Ended));
    }

    [Theory]
    [InlineData("", "payload", "must not be null or missing")]
    [InlineData("null", "payload", "must not be null or missing")]
    [InlineData("{", "payload", "must be JSON: it breaks off or goes wrong in line 1 at byte 2")]
    [InlineData("""{"name":"a"} x""", "payload", "must be JSON: it breaks off or goes wrong in line 1 at byte 14")]
    [InlineData("[]", "payload", "must be an object")]
    [InlineData("{}", "payload.name", "is required")]
    [InlineData("""{"name":null}""", "payload.name", "must not be null")]
    [InlineData("""{"name":1}""", "payload.name", "must be a string")]
    [InlineData("""{"Name":"a"}""", "payload.Name", "is not a field of this task type; it has name, count, tags, size, inner")]
    [InlineData("""{"name":"a","name":"b"}""", "payload.name", "is given twice")]
    [InlineData("""{"name":"a","count":1.5}""", "payload.count", "must be a whole number from -2147483648 to 2147483647")]
    [InlineData("""{"name":"a","count":"1"}""", "payload.count", "must be a whole number from -2147483648 to 2147483647")]
    [InlineData("""{"name":"a","tags":["x",2]}""", "payload.tags[1]", "must be a string")]
    [InlineData("""{"name":"a","tags":{}}""", "payload.tags", "must be an array")]
    [InlineData("""{"name":"a","size":"huge"}""", "payload.size", "must be one of small, large")]
    [InlineData("""{"name":"a","size":1}""", "payload.size", "must be one of small, large")]
    [InlineData("""{"name":"a","inner":{"deep":{}}}""", "payload.inner.deep", "must be true or false")]
    [InlineData("""{"name":"a","inner":{}}""", "payload.inner.deep", "is required")]
    [InlineData("""{"name":"nobody"}""", "payload.name", "nobody is greeted")]
    public async Task Payload_DoesNotFit_IsRefusedNamingFieldAndRule(string payload, string field, string rule)
    {
        var runner = Runner();

        Assert.Equal(new PayloadProblem(field, rule), runner.Check(Bytes(payload)));
        var refusal = await Assert.ThrowsAsync<TaskFailedException>(async () => await runner.RunAsync(Bytes(payload), new NoContext(), CancellationToken.None));
        Assert.Equal(("bad_payload", $"{field}: {rule}", false), (refusal.Code, refusal.Message, refusal.Retry));
    }

    [Fact]
    public void Check_PayloadFits_FindsNothing() => Assert.Null(Runner().Check(Bytes("""{"name":"a","count":1,"tags":[],"size":"small","inner":{"deep":true}}""")));

    [Fact]
    public void Catalog_SeveralMistakes_AreReportedTogether()
    {
        var services = new ServiceCollection();
        services.AddSingleton<ScopeLedger>();
        services.AddTaskHandler<GreetHandler, Greeting, Greeted>("greet");
        services.AddTaskHandler<GreetHandler, Greeting, Greeted>("greet");
        services.AddTaskHandler<GreetHandler, Greeting, Greeted>("no spaces");
        using var provider = services.BuildServiceProvider();

        var refusal = Assert.Throws<InvalidOperationException>(provider.GetRequiredService<IHandlerCatalog>);
        Assert.Contains("'greet' has more than one handler", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("'no spaces' is no task type", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Catalog_UnknownType_HasNoRunner()
    {
        using var provider = Provider();
        var catalog = provider.GetRequiredService<IHandlerCatalog>();

        Assert.Null(catalog.Find("Greet"));
        Assert.Equal(["greet"], catalog.Types);
    }

    private static IHandlerRunner Runner() => Provider().GetRequiredService<IHandlerCatalog>().Find("greet")!;

    private static ServiceProvider Provider()
    {
        var services = new ServiceCollection();
        services.AddSingleton<ScopeLedger>();
        services.AddTaskHandler<GreetHandler, Greeting, Greeted>("greet");
        return services.BuildServiceProvider(validateScopes: true);
    }

    private static ReadOnlyMemory<byte> Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private enum Size
    {
        Small,
        Large,
    }

    private sealed record Greeting(string Name, int Count = 1, IReadOnlyList<string>? Tags = null, Size Size = Size.Small, Inner? Inner = null);

    private sealed record Inner(bool Deep);

    private sealed record Greeted(string Said, int Times, Size Size);

    private sealed class ScopeLedger
    {
        public int Made { get; set; }

        public int Ended { get; set; }
    }

    private sealed class GreetHandler : ITaskHandler<Greeting, Greeted>, IPayloadCheck<Greeting>, IAsyncDisposable
    {
        private readonly ScopeLedger _ledger;

        public GreetHandler(ScopeLedger ledger) => (_ledger, _) = (ledger, ledger.Made++);

        public PayloadProblem? Check(Greeting payload) => payload.Name == "nobody" ? new PayloadProblem("payload.name", "nobody is greeted") : null;

        public Task<Greeted> RunAsync(Greeting payload, TaskContext context, CancellationToken cancellationToken) =>
            Task.FromResult(new Greeted(payload.Name, payload.Count, payload.Size));

        public ValueTask DisposeAsync()
        {
            _ledger.Ended++;
            return ValueTask.CompletedTask;
        }
    }

    private sealed class NoContext : TaskContext
    {
        public override TaskId Id => default;

        public override int Attempt => 1;

        public override string Queue => "default";

        public override string IdempotencyKey => "key";

        public override TimeProvider Time => TimeProvider.System;

        public override void ReportProgress(double percent, string? message = null)
        {
        }

        public override void Log(string line)
        {
        }
    }
}
