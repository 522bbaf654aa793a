using Silo.Core.Queues;

namespace Silo.Conformance.Storage;

public abstract class QueueSettingsTests : StoreTests
{
    [Fact]
    public async Task Queues_FreshStore_HasTheDefaultOne() =>
        Assert.Equal([new QueueSettings { Name = QueueSettings.DefaultName }], await Scheduler.ReadQueuesAsync(Never));

    [Fact]
    public async Task Queues_Saved_AreReadBackAfterACrash()
    {
        var settings = new QueueSettings { Name = "mail", Strategy = "round-robin", Paused = true, ConcurrencyMax = 3 };
        Assert.True(await Scheduler.SaveQueueAsync(Pool, Epoch, settings, Never));
        Assert.True(await Scheduler.SaveQueueAsync(Pool, Epoch, settings with { Name = "other" }, Never));
        Assert.True(await Scheduler.SaveQueueAsync(Pool, Epoch, new QueueSettings { Name = "other" }, Never));

        await Harness.CrashAndReopenAsync();

        var queues = (await Scheduler.ReadQueuesAsync(Never)).ToDictionary(queue => queue.Name);
        Assert.Equal(settings, queues["mail"]);
        Assert.Equal(new QueueSettings { Name = "other" }, queues["other"]);
    }
}
