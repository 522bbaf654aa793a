using Silo.Core.Handlers;
using Silo.Testing;

namespace Silo.Handlers.Tests;

public sealed class BuiltInHandlersTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Fact]
    public void AddBuiltInHandlers_WithoutARoot_OffersNoFiles()
    {
        using var host = new HandlerHarness();

        Assert.Equal(["echo", "fail", "http", "sleep"], host.Catalog.Types);
        Assert.Contains(host.Unoffered, type => type.Type == "file.digest" && type.Remedy.Contains("--files-root", StringComparison.Ordinal));
    }

    [Fact]
    public void AddBuiltInHandlers_RootIsNoFolder_IsRefusedByName()
    {
        var refusal = Assert.Throws<DirectoryNotFoundException>(() => new HandlerHarness("/no/such/folder"));

        Assert.Contains("/no/such/folder", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("true")]
    [InlineData("12345678901234567890.125")]
    [InlineData("\"ä <b> \\\" 漢\"")]
    [InlineData("""{"a":[1,{"b":null}],"A":""}""")]
    public async Task Echo_AnyJson_ReturnsIt(string payload)
    {
        using var host = new HandlerHarness();

        Assert.Equal(payload, await host.RunAsync("echo", payload));
    }

    [Fact]
    public async Task Sleep_ByItsClock_TellsHowFarItIsAndEndsInTime()
    {
        using var host = new HandlerHarness();
        var sleeping = host.RunAsync("sleep", """{"milliseconds":1000}""");
        for (var quarter = 1; quarter <= 3; quarter++)
        {
            await Await.Within(host.Clock.WhenTimersArmedAsync(1), Limit, "the sleep to go on");
            host.Clock.Advance(TimeSpan.FromMilliseconds(250));
            Assert.False(sleeping.IsCompleted);
        }

        await Await.Within(host.Clock.WhenTimersArmedAsync(1), Limit, "the sleep to go on");
        host.Clock.Advance(TimeSpan.FromMilliseconds(250));

        Assert.Equal("""{"milliseconds":1000}""", await Await.Within(sleeping, Limit, "the sleep to end"));
        Assert.Equal([25.0, 50.0, 75.0], host.Progress);
    }

    [Fact]
    public async Task Sleep_Cancelled_StopsAtOnce()
    {
        using var host = new HandlerHarness();
        using var cancel = new CancellationTokenSource();
        var sleeping = host.RunAsync("sleep", """{"milliseconds":60000}""", cancellationToken: cancel.Token);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Await.Within(sleeping, Limit, "the sleep to stop"));
    }

    [Theory]
    [InlineData("""{"milliseconds":-1}""")]
    [InlineData("""{"milliseconds":604800001}""")]
    public void Sleep_LengthOutOfRange_IsRefusedAtTheDoor(string payload)
    {
        using var host = new HandlerHarness();

        Assert.Equal("payload.milliseconds", host.Check("sleep", payload)!.Field);
    }

    [Fact]
    public async Task Fail_AsAsked_FailsWithCodeAndText()
    {
        using var host = new HandlerHarness();
        var failure = await Assert.ThrowsAsync<TaskFailedException>(() => host.RunAsync("fail", """{"message":"m","code":"c","retry":false}"""));
        var plain = await Assert.ThrowsAsync<TaskFailedException>(() => host.RunAsync("fail", """{"message":"m"}"""));

        Assert.Equal(("c", "m", false), (failure.Code, failure.Message, failure.Retry));
        Assert.Equal(("handler_failed", "m", true), (plain.Code, plain.Message, plain.Retry));
    }

    [Fact]
    public async Task Fail_SomeTimesOnly_SucceedsThen()
    {
        using var host = new HandlerHarness();
        const string Payload = """{"message":"m","times":2}""";

        await Assert.ThrowsAsync<TaskFailedException>(() => host.RunAsync("fail", Payload, attempt: 2));
        Assert.Equal("""{"attempt":3}""", await host.RunAsync("fail", Payload, attempt: 3));
    }

    [Theory]
    [InlineData("""{"message":"m","code":"no spaces"}""", "payload.code")]
    [InlineData("""{"message":"m","times":-1}""", "payload.times")]
    [InlineData("""{}""", "payload.message")]
    public void Fail_PayloadDoesNotFit_IsRefusedAtTheDoor(string payload, string field)
    {
        using var host = new HandlerHarness();

        Assert.Equal(field, host.Check("fail", payload)!.Field);
    }
}
