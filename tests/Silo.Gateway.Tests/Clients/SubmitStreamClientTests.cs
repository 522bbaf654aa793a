using System.Threading.Channels;
using Silo.Client;
using Silo.Contracts.Tasks;
using Silo.Gateway.Security;
using Silo.Gateway.Tests.Hosting;
using Silo.Testing;

namespace Silo.Gateway.Tests.Clients;

public sealed class SubmitStreamClientTests
{
    private static readonly SubmitTaskRequest Good = new() { Type = "echo" };

    [Fact]
    public async Task SubmitStream_ManyTasks_AreAnsweredInOrder()
    {
        await using var server = await GatewayServer.StartAsync();
        using var client = new SiloHttpClient(server.Address);
        var sent = Enumerable.Range(0, 3500).Select(index => index % 1000 == 7 ? Good with { Priority = 101 } : Good).ToList();

        var answers = await client.SubmitStreamAsync(sent.ToAsyncEnumerable()).ToListAsync();

        Assert.Equal(sent.Select(task => task.Priority is null), answers.Select(answer => answer.Problem is null));
        Assert.Equal("out_of_range", Assert.Throws<SiloApiException>(() => answers[7].OrThrow()).Code);
        Assert.Equal(3496, answers.Where(answer => answer.Problem is null).Select(answer => answer.OrThrow().Id).Distinct().Count());
    }

    [Fact]
    public async Task SubmitStream_SourcePauses_EarlierTasksAreAnswered()
    {
        await using var server = await GatewayServer.StartAsync();
        using var client = new SiloHttpClient(server.Address);
        var source = Channel.CreateUnbounded<SubmitTaskRequest>();
        await using var answers = client.SubmitStreamAsync(source.Reader.ReadAllAsync()).GetAsyncEnumerator();

        for (var round = 0; round < 2; round++)
        {
            source.Writer.TryWrite(Good);
            Assert.True(await Await.Within(answers.MoveNextAsync().AsTask(), GatewayServer.Limit, "an answer while the source is open"));
            Assert.NotNull(answers.Current.Submitted);
        }

        source.Writer.Complete();
        Assert.False(await answers.MoveNextAsync());
    }

    [Fact]
    public async Task SubmitStream_WithoutItsKey_Throws()
    {
        await using var server = await GatewayServer.StartAsync(new GatewayOptions { ApiKeys = [ApiKey.OfText("all", "correct-horse-battery", Scope.Submit)] });
        using var client = new SiloHttpClient(server.Address);

        var refusal = await Assert.ThrowsAsync<SiloApiException>(async () => await client.SubmitStreamAsync(new[] { Good }.ToAsyncEnumerable()).ToListAsync());

        Assert.Equal("key_missing", refusal.Code);
    }
}
