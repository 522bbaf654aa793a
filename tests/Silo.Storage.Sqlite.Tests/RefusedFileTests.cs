using Microsoft.Data.Sqlite;
using Silo.Core.Storage;
using Silo.Storage.Sqlite.Opening;

namespace Silo.Storage.Sqlite.Tests;

public sealed class RefusedFileTests : SqliteStoreTests
{
    [Fact]
    public async Task Open_FileInUse_IsRefusedWithThePathAndTheFix()
    {
        var store = Open();

        var refused = Assert.Throws<StoreRefusedException>(() => Open());

        Assert.Contains(DatabasePath, refused.Message, StringComparison.Ordinal);
        Assert.Contains("stop the other one", refused.Message, StringComparison.Ordinal);
        await InsertNewAsync(store);
    }

    [Fact]
    public async Task Open_AfterTheOtherClosed_Works()
    {
        var first = Open();
        var task = await InsertNewAsync(first);
        await first.DisposeAsync();

        Assert.NotNull(await Open().FindAsync(task.Id, Never));
    }

    [Theory]
    [InlineData("this is a text file, and a long one: longer than the hundred bytes that a header of SQLite takes, so that length is no hint")]
    [InlineData("short")]
    public void Open_NoDatabase_IsRefusedAndLeftAsItIs(string content)
    {
        Folder.Write("silo.db", content);

        var refused = Assert.Throws<StoreRefusedException>(() => Open());

        Assert.Contains("not an SQLite database", refused.Message, StringComparison.Ordinal);
        Assert.Equal(content, File.ReadAllText(DatabasePath));
    }

    [Fact]
    public void Open_DatabaseOfAnotherProgram_IsRefusedAndLeftAsItIs()
    {
        Execute("CREATE TABLE notes (text TEXT)");
        var before = File.ReadAllBytes(DatabasePath);

        var refused = Assert.Throws<StoreRefusedException>(() => Open());

        Assert.Contains("another program", refused.Message, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(DatabasePath));
    }

    [Fact]
    public async Task Open_NewerSchema_IsRefusedAndLeftAsItIs()
    {
        await Open().DisposeAsync();
        Execute($"PRAGMA user_version = {Migration.Newest + 1}");
        var before = File.ReadAllBytes(DatabasePath);

        var refused = Assert.Throws<StoreRefusedException>(() => Open());

        Assert.Contains("newer Silo", refused.Message, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(DatabasePath));
    }

    [Fact]
    public async Task Open_DamagedHeader_IsRefusedAndLeftAsItIs()
    {
        await Open().DisposeAsync();
        Damage(0, 16);
        var before = File.ReadAllBytes(DatabasePath);

        Assert.Throws<StoreRefusedException>(() => Open());

        Assert.Equal(before, File.ReadAllBytes(DatabasePath));
    }

    [Fact]
    public async Task Open_DamagedPages_IsRefusedAndLeftAsItIs()
    {
        var store = Open();
        await store.InsertAsync([.. Enumerable.Range(0, 200).Select(_ => NewTask(500))], Never);
        await store.DisposeAsync();
        Damage(8192, 60_000);
        var before = File.ReadAllBytes(DatabasePath);

        var refused = Assert.Throws<StoreRefusedException>(() => Open());

        Assert.Contains("damaged", refused.Message, StringComparison.Ordinal);
        Assert.Contains(DatabasePath, refused.Message, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(DatabasePath));
    }

    [Fact]
    public async Task Open_RefusedFile_HoldsNoLockAfterwards()
    {
        Folder.Write("silo.db", "no database");
        Assert.Throws<StoreRefusedException>(() => Open());
        File.Delete(DatabasePath);

        await InsertNewAsync(Open());
    }

    [Fact]
    public void Open_FolderThatIsAFile_IsRefused()
    {
        var file = Folder.Write("taken", "");

        var refused = Assert.Throws<StoreRefusedException>(() => Open(options => options.Path = Path.Combine(file, "silo.db")));

        Assert.Contains(file, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_EmptyFile_IsAFreshStore()
    {
        Folder.Write("silo.db", "");

        await InsertNewAsync(Open());
    }

    [Fact]
    public void Open_OptionsOutOfRange_NamesEachOfThem()
    {
        var refused = Assert.Throws<ArgumentException>(() => Open(options => (options.Readers, options.BatchRowsMax, options.Path) = (0, -1, " ")));

        Assert.Contains("Readers is 0", refused.Message, StringComparison.Ordinal);
        Assert.Contains("BatchRowsMax is -1", refused.Message, StringComparison.Ordinal);
        Assert.Contains("Path is empty", refused.Message, StringComparison.Ordinal);
    }

    private void Execute(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={DatabasePath};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private void Damage(long offset, int bytes)
    {
        using var file = new FileStream(DatabasePath, FileMode.Open, FileAccess.ReadWrite);
        Assert.True(file.Length > offset, "The damage must hit the file.");
        file.Position = offset;
        var noise = new byte[(int)Math.Min(bytes, file.Length - offset)];
        new Random(7).NextBytes(noise);
        file.Write(noise);
    }
}
