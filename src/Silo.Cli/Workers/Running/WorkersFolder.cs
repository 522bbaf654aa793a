using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Silo.Cli.Invocation;
using Silo.Cli.Processes;

namespace Silo.Cli.Workers.Running;

/// <summary>A worker that was started in a folder and lives.</summary>
/// <param name="Index">From 1.</param>
internal sealed record LivingWorker(int Index, string Name, ProcessIdentity Process);

/// <summary>Where a manager keeps what has to outlive it: who its workers are, their logs, and the socket by which it is reached.</summary>
internal sealed partial class WorkersFolder
{
    /// <summary>What a Unix socket's address has room for.</summary>
    private const int SocketPathBytesMax = 107;

    /// <summary>EWOULDBLOCK: another process has the lock.</summary>
    private const int WouldBlock = 11;

    private const string LogExtension = ".log";
    private const int DeathLooksMax = 100;
    private static readonly TimeSpan DeathLook = TimeSpan.FromMilliseconds(50);

    private WorkersFolder(string path) => Path = path;

    public string Path { get; }

    public string Socket => Combine("control.sock");

    public string ManagerLog => Combine("manager.log");

    private string ManagerFile => Combine("manager.json");

    /// <param name="data">The data folder; the workers have one of their own below it.</param>
    /// <exception cref="CommandException">Workers cannot be managed on this system or in this folder.</exception>
    public static WorkersFolder Of(string data)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new CommandException(ExitCode.Failed, "silo workers needs Linux, where /proc tells a process from a later one with the same id. Elsewhere let the system's own services run silo worker.");
        }

        var folder = new WorkersFolder(System.IO.Path.GetFullPath(System.IO.Path.Combine(data, "workers")));
        var bytes = Encoding.UTF8.GetByteCount(folder.Socket);
        return bytes <= SocketPathBytesMax
            ? folder
            : throw new CommandException(ExitCode.Usage, $"--data '{data}': the path {folder.Socket} has {bytes} bytes, and a Unix socket's has room for {SocketPathBytesMax}; give a shorter one.");
    }

    /// <summary>Makes it when it is absent: for nobody but the user, as logs and the socket are.</summary>
    /// <exception cref="CommandException">It cannot be made.</exception>
    public void Create()
    {
        try
        {
            if (!OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }
        }
        catch (Exception unmade) when (unmade is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.Failed, $"The folder {Path} cannot be made: {unmade.Message}", unmade);
        }
    }

    /// <summary>Held by a manager as long as it lives. From one that was killed the system takes it with the last of its threads, which this waits for.</summary>
    /// <returns>Null when another process has it, or nobody has ever managed workers here.</returns>
    /// <exception cref="CommandException">The folder cannot be written to.</exception>
    public async Task<FileStream?> LockAsync(CancellationToken cancellationToken)
    {
        for (var looks = 1; ; looks++)
        {
            var held = TryLock();
            if (held is not null || looks == DeathLooksMax || ReadManager() is not { Process.IsAlive: false })
            {
                return held;
            }

            await Task.Delay(DeathLook, cancellationToken);
        }
    }

    public string Log(string worker) => Combine($"{worker}{LogExtension}");

    public string Record(int index) => Combine($"{index}.pid");

    /// <summary>The logs of all workers there have been, with their names, in the order of their numbers.</summary>
    public IReadOnlyList<(string Name, string Path)> Logs() => Directory.Exists(Path)
        ? [.. Directory.EnumerateFiles(Path, $"*-*{LogExtension}")
            .Select(file => (Name: System.IO.Path.GetFileNameWithoutExtension(file), file))
            .OrderBy(log => log.Name.Length).ThenBy(log => log.Name, StringComparer.Ordinal)]
        : [];

    /// <summary>The workers that were started here and live, whoever started them. A process that merely has the id of one is none.</summary>
    public IReadOnlyList<LivingWorker> Living()
    {
        var living = new List<LivingWorker>();
        foreach (var file in Directory.Exists(Path) ? Directory.EnumerateFiles(Path, "*.pid") : [])
        {
            if (RecordName().Match(System.IO.Path.GetFileName(file)) is { Success: true } match && DetachedProcess.ReadRecord(file) is { Process.IsAlive: true } found)
            {
                living.Add(new LivingWorker(int.Parse(match.Groups[1].ValueSpan, provider: null), found.Name, found.Process));
            }
        }

        return [.. living.OrderBy(worker => worker.Index)];
    }

    /// <returns>What a manager that runs, or that was killed, has left; null for none.</returns>
    public ManagerRecord? ReadManager()
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllText(ManagerFile), ManagerJson.Default.ManagerRecord);
        }
        catch (Exception absent) when (absent is IOException or JsonException)
        {
            // Nobody ran here, or another program wrote it: either way there is nothing to go on with.
            return null;
        }
    }

    public void WriteManager(ManagerRecord record)
    {
        var half = $"{ManagerFile}.new";
        File.WriteAllText(half, JsonSerializer.Serialize(record, ManagerJson.Default.ManagerRecord));
        File.Move(half, ManagerFile, overwrite: true);
    }

    /// <summary>The manager has stopped in order: nobody needs to look for what it has left.</summary>
    public void Forget()
    {
        File.Delete(ManagerFile);
        File.Delete(Socket);
        foreach (var file in Directory.EnumerateFiles(Path, "*.pid").Where(file => RecordName().IsMatch(System.IO.Path.GetFileName(file))).ToList())
        {
            File.Delete(file);
        }
    }

    private FileStream? TryLock()
    {
        try
        {
            return Directory.Exists(Path) ? new FileStream(Combine("manager.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None) : null;
        }
        catch (IOException taken) when (taken.HResult == WouldBlock)
        {
            return null;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.Failed, $"The folder {Path} cannot be written to: {refused.Message}", refused);
        }
    }

    private string Combine(string name) => System.IO.Path.Combine(Path, name);

    [GeneratedRegex(@"^([1-9][0-9]{0,3})\.pid$")]
    private static partial Regex RecordName();
}
