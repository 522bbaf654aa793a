using System.Diagnostics;
using Npgsql;

namespace Silo.Testing.Postgres;

/// <summary>A real PostgreSQL server with durable settings, made by <c>scripts/postgres.sh</c> on a free port of this machine.</summary>
/// <remarks>The script removes it when this process has ended, however it ended; disposal only does so earlier.</remarks>
public sealed class PostgresServer : IAsyncDisposable
{
    private static readonly Lazy<Task<PostgresServer>> Shared = new(() => StartAsync());

    private readonly string _folder;
    private readonly Uri _url;
    private int _databases;

    private PostgresServer(string folder, Uri url) => (_folder, _url) = (folder, url);

    /// <summary>The server that the tests of this process share, started by the first that asks. Take a database of your own, and do not stop it.</summary>
    public static Task<PostgresServer> SharedAsync() => Shared.Value;

    /// <summary>A server of one's own: to be stopped, killed, or set up differently.</summary>
    /// <param name="settings">Lines of postgresql.conf, as <c>name=value</c>.</param>
    /// <exception cref="InvalidOperationException">It did not start; the message is the script's.</exception>
    public static async Task<PostgresServer> StartAsync(params string[] settings)
    {
        var folder = Path.Combine(Path.GetTempPath(), $"silo-postgres-{Guid.NewGuid():N}");
        var url = await RunScriptAsync(["start", folder, "--until-exit", $"{Environment.ProcessId}", .. settings]);
        return new PostgresServer(folder, new Uri(url));
    }

    /// <summary>A server that takes no writes, as a replica does whose primary is silent.</summary>
    public static async Task<PostgresServer> StartReplicaAsync()
    {
        var server = await StartAsync();
        await server.StopAsync();
        await File.WriteAllTextAsync(Path.Combine(server.DataFolder, "standby.signal"), "");
        await server.ResumeAsync();
        return server;
    }

    public int Port => _url.Port;

    /// <summary>The folder of its data, which belongs to the user it runs as.</summary>
    public string DataFolder => Path.Combine(_folder, "data");

    /// <summary>A fresh, empty database.</summary>
    public async Task<PostgresDatabase> CreateDatabaseAsync()
    {
        var name = $"test_{Interlocked.Increment(ref _databases)}";
        await ExecuteAsync($"create database {name}");
        return new PostgresDatabase(this, name);
    }

    /// <summary>Keywords as Npgsql reads them; the superuser's unless others are given.</summary>
    public string ConnectionString(string database, string? user = null, string? password = null)
    {
        var builder = new NpgsqlConnectionStringBuilder { Host = _url.Host, Port = _url.Port, Database = database };
        (builder.Username, builder.Password) = (user ?? Superuser, password ?? SuperuserPassword);
        return builder.ConnectionString;
    }

    /// <summary>The same as a URL, as <c>DATABASE_URL</c> has it.</summary>
    public string Url(string database, string? user = null, string? password = null) =>
        $"postgresql://{Uri.EscapeDataString(user ?? Superuser)}:{Uri.EscapeDataString(password ?? SuperuserPassword)}@{_url.Host}:{_url.Port}/{database}";

    /// <summary>Runs statements as superuser on a connection of their own, however long they take: a fixture of a million rows does on a busy machine.</summary>
    public async Task ExecuteAsync(string sql, string database = "postgres")
    {
        await using var connection = new NpgsqlConnection(ConnectionString(database) + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Stops it without a checkpoint and starts it again on the same port: it recovers from its log, and every connection is cut.</summary>
    public Task RestartImmediatelyAsync() => RunScriptAsync(["restart", _folder, "immediate"]);

    /// <summary>Stops it in order; what it keeps is there when it is resumed.</summary>
    public Task StopAsync() => RunScriptAsync(["stop", _folder]);

    /// <summary>kill -9 of the server and all its processes.</summary>
    public Task KillAsync() => RunScriptAsync(["kill", _folder]);

    /// <summary>Starts it again where it was stopped or killed, on the same port.</summary>
    public Task ResumeAsync() => RunScriptAsync(["start", _folder]);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await RunScriptAsync(["remove", _folder]);

    private string Superuser => _url.UserInfo.Split(':')[0];

    private string SuperuserPassword => _url.UserInfo.Split(':')[1];

    private static async Task<string> RunScriptAsync(string[] arguments)
    {
        var start = new ProcessStartInfo("bash") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "postgres.sh"));
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? output.Trim()
            : throw new InvalidOperationException($"postgres.sh {string.Join(' ', arguments)} ended with code {process.ExitCode}: {await errors}");
    }
}
