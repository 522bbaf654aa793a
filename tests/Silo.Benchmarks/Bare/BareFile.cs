using Silo.Storage.Sqlite;
using Silo.Storage.Sqlite.Opening;
using Silo.Storage.Sqlite.Sql;

namespace Silo.Benchmarks.Bare;

/// <summary>A file with the tables and indexes of Silo's own store, and one connection to it under the same settings; gone when disposed of.</summary>
/// <remarks>The schema and the settings come from the store, so that what is measured beside it can never have fewer guarantees.</remarks>
internal sealed class BareFile : IDisposable
{
    private readonly DirectoryInfo _folder;

    private BareFile(DirectoryInfo folder, Session session) => (_folder, Session) = (folder, session);

    public Session Session { get; }

    public string Folder => _folder.FullName;

    public static BareFile Create()
    {
        var folder = Directory.CreateTempSubdirectory("silo-bench-");
        var file = new DatabaseFile(new SqliteStoreOptions { Path = Path.Join(folder.FullName, "bare.db") });
        file.Prepare();
        return new BareFile(folder, file.OpenWriter());
    }

    public void Dispose()
    {
        Session.Dispose();
        _folder.Delete(recursive: true);
    }
}
