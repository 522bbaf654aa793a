using Microsoft.Extensions.DependencyInjection;
using Silo.Core.Clients;
using Silo.Core.Workers;

namespace Silo.Embedded.Tests;

public sealed class EmbeddedOptionsTests
{
    [Fact]
    public void AddSiloEmbedded_SeveralSettingsAreWrong_NamesThemAllAtOnce()
    {
        var options = new EmbeddedOptions
        {
            TaskIdle = TimeSpan.Zero,
            NodeActorsMax = 0,
            Client = new SiloClientOptions { Pool = "other" },
            Worker = new WorkerOptions { Name = "", Slots = 1 },
        };

        var problem = Assert.Throws<ArgumentException>(() => new ServiceCollection().AddSiloEmbedded(options));

        Assert.All(["TaskIdle", "NodeActorsMax", "'other'", "Worker name"], part => Assert.Contains(part, problem.Message, StringComparison.Ordinal));
    }
}
