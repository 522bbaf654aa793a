using System.Globalization;
using System.Net.Sockets;
using Npgsql;
using Silo.Cli.Stores;

namespace Silo.Cli.Doctor;

/// <summary>The PostgreSQL database: whether it can be reached and used, and whether it keeps what it acknowledges. Nothing is changed.</summary>
internal static class PostgresCheck
{
    /// <summary>The oldest server that Silo's statements are written for.</summary>
    public const int VersionMin = 15;

    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    private const string Store = "store";
    private const string Version = "version";
    private const string Rights = "rights";
    private const string Schema = "schema";
    private const string Durability = "durability";
    private const string Clock = "store-clock";
    private const string Named = "--connection (or DATABASE_URL, PGHOST, ...)";

    /// <summary>What a server waits for at a commit from which the result survives its crash.</summary>
    private static readonly string[] DurableCommits = ["on", "local", "remote_write", "remote_apply"];

    public static async Task<IReadOnlyList<Finding>> RunAsync(PostgresAddress address, TimeProvider time, CancellationToken cancellationToken)
    {
        var builder = new NpgsqlConnectionStringBuilder(address.ConnectionString) { Pooling = false, Timeout = (int)Limit.TotalSeconds, CommandTimeout = (int)Limit.TotalSeconds };
        try
        {
            await using var connection = new NpgsqlConnection(builder.ConnectionString);
            await connection.OpenAsync(cancellationToken);
            var facts = await PostgresFacts.ReadAsync(connection, time, cancellationToken);
            return [Finding.Ok(Store, $"{address.Shown} answers."), .. Judge(facts)];
        }
        catch (PostgresException refused)
        {
            return [JudgeRefusal(refused.SqlState, refused.MessageText, address.Shown)];
        }
        catch (Exception failure) when (failure is NpgsqlException or SocketException or TimeoutException)
        {
            return [Finding.Wrong(Store, $"{address.Shown} does not answer: {failure.Message}", $"Start PostgreSQL there, or name another server with {Named}.")];
        }
    }

    public static IEnumerable<Finding> Judge(PostgresFacts facts)
    {
        yield return facts.Version >= VersionMin * 10_000
            ? Finding.Ok(Version, $"PostgreSQL {facts.VersionText}")
            : Finding.Wrong(Version, $"PostgreSQL {facts.VersionText} is too old.", $"Use PostgreSQL {VersionMin} or newer.");
        yield return JudgeRights(facts);
        yield return facts switch
        {
            { HasTables: false } => Finding.Note(Schema, "Silo's tables are not there yet; silo up makes them."),
            { SchemaVersion: { } version } => Finding.Ok(Schema, $"Silo's tables are there, at version {version.ToString(CultureInfo.InvariantCulture)}."),
            _ => Finding.Note(Schema, "Silo's tables are there, and this user may not read them."),
        };
        yield return JudgeDurability(facts);
        yield return ServerCheck.JudgeClock(facts.Ahead, facts.RoundTrip) is { Status: FindingStatus.Wrong } wrong
            ? wrong with { Check = Clock, Message = wrong.Message.Replace("the server's", "the database's", StringComparison.Ordinal) }
            : Finding.Ok(Clock, "This machine and the database have the same time.");
    }

    /// <param name="code">PostgreSQL's SQLSTATE.</param>
    public static Finding JudgeRefusal(string code, string message, string shown) => Finding.Wrong(Store, $"{shown} refuses: {message}", code switch
    {
        "28P01" => $"Give the right password in {Named}, or in PGPASSWORD.",
        "28000" => "Let this user and machine in by a line of the server's pg_hba.conf, or name another user.",
        "3D000" => "Make the database (createdb), or name another one.",
        "53300" => "Raise the server's max_connections, or end some of its clients.",
        "57P03" => "Wait until the server has started or recovered.",
        _ => $"See the server's log ({code}), or name another database with {Named}.",
    });

    private static Finding JudgeRights(PostgresFacts facts)
    {
        if (facts.IsReplica)
        {
            return Finding.Wrong(Rights, "The server is a read-only replica.", $"Name its primary with {Named}; with several hosts, add target_session_attrs=primary.");
        }

        if (facts.IsReadOnly)
        {
            return Finding.Wrong(Rights, "Sessions of this user are read-only.", "Set default_transaction_read_only to off for the database and the user.");
        }

        return facts.MayUse
            ? Finding.Ok(Rights, $"{facts.User} may {(facts.HasTables ? "use" : "make")} Silo's tables.")
            : Finding.Wrong(
                Rights,
                $"{facts.User} may not {(facts.HasTables ? "use Silo's tables" : "make a schema in this database")}.",
                facts.HasTables
                    ? $"Name the user who owns the schema silo, or, as that one, grant the role to \"{facts.User}\"."
                    : $"As the database's owner: grant create on database \"{facts.Database}\" to \"{facts.User}\"");
    }

    /// <summary>A session can ask for a lasting commit whatever the default is, and ours do; nothing helps where the server does not flush.</summary>
    private static Finding JudgeDurability(PostgresFacts facts)
    {
        if (!facts.Fsync || !facts.FullPageWrites)
        {
            return Finding.Wrong(
                Durability, $"fsync is {Text(facts.Fsync)} and full_page_writes is {Text(facts.FullPageWrites)}: a crash loses what was acknowledged.", "Set both to on in postgresql.conf, and reload.");
        }

        var fine = DurableCommits.Contains(facts.SynchronousCommit);
        return Finding.Ok(
            Durability, $"fsync and full_page_writes are on; synchronous_commit is {facts.SynchronousCommit}{(fine ? "." : " by default, and on in Silo's own sessions.")}");
    }

    private static string Text(bool on) => on ? "on" : "off";
}
