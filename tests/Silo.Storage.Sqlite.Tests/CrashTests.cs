using System.Collections.Concurrent;
using Silo.Core.Storage;
using Silo.Core.Tasks;
using Silo.Testing;

namespace Silo.Storage.Sqlite.Tests;

public sealed class CrashTests : SqliteStoreTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task FilesCopiedInTheMiddleOfWrites_HoldEverythingAcknowledgedBefore(int seed)
    {
        var random = new Random(seed);
        var store = Open(options => options.CheckpointPages = 1_000_000);
        var acknowledged = new ConcurrentQueue<TaskId>();
        using var stop = new CancellationTokenSource();
        var enough = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var writers = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                TaskSpec[] batch = [NewTask(), NewTask(2000)];
                await store.InsertAsync(batch, Never);
                Array.ForEach(batch, task => acknowledged.Enqueue(task.Id));
                if (acknowledged.Count > 200)
                {
                    enough.TrySetResult();
                }
            }
        })).ToArray();
        await Await.Within(enough.Task, Patience, "two hundred inserts");

        for (var copy = 0; copy < 5; copy++)
        {
            var before = acknowledged.ToArray();
            // What the log held when these were acknowledged; a crash may cut whatever was appended since, anywhere.
            var durable = new FileInfo(DatabasePath + "-wal").Length;
            var path = Folder.Combine($"copy-{copy}.db");
            CrashedFiles.Copy(DatabasePath, path, durable + random.Next(0, 5000));
            await AssertHoldsAsync(path, before);
        }

        await stop.CancelAsync();
        await Task.WhenAll(writers);
    }

    [Fact]
    public async Task LogCutOff_LosesWholeCallsOnly()
    {
        var store = Open(options => options.CheckpointPages = 1_000_000);
        for (var call = 0; call < 20; call++)
        {
            await store.InsertAsync([NewTask(), NewTask(), NewTask()], Never);
        }

        var whole = new FileInfo(DatabasePath + "-wal").Length;
        for (var cut = 1; cut <= 8; cut++)
        {
            var path = Folder.Combine($"cut-{cut}.db");
            CrashedFiles.Copy(DatabasePath, path, whole * cut / 9);

            var left = Open(options => options.Path = path);

            var rows = (await left.ListAsync(TaskFilter.Everything, null, 100, Never)).Tasks.Count;
            Assert.Equal(0, rows % 3);
            Assert.Equal(rows, (await left.CountAsync(Never)).Sum(count => count.Count));
        }
    }

    [Fact]
    public async Task KilledWhileItsSchemaWasMade_OpensAsAFreshStore()
    {
        // A killed first start leaves a file with a header and no tables.
        using (var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={DatabasePath};Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA journal_mode = WAL";
            command.ExecuteNonQuery();
        }

        await InsertNewAsync(Open());
    }

    private async Task AssertHoldsAsync(string path, TaskId[] acknowledged)
    {
        await using var copy = Open(options => options.Path = path);
        var rows = await copy.ReadTasksAsync(acknowledged, Never);
        Assert.Equal(acknowledged.Order(), rows.Select(row => row.Task.Spec.Id).Order());
        Assert.True((await copy.CountAsync(Never)).Sum(count => count.Count) >= acknowledged.Length);
    }
}
