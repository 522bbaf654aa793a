
namespace Silo.Core.Clients;

/// <summary>The bounds within which a client tells the scheduler what is durable.</summary>
public sealed class SiloClientOptions
{
    /// <summary>The pool whose scheduler places the tasks. Default <c>default</c>.</summary>
    public string Pool { get; init; } = "default";

    /// <summary>Tasks waiting to be told to the scheduler; beyond it all of them are dropped and a gap in the numbers makes the scheduler look in the store. Default 16,384.</summary>
    public int NoticeTasksMax { get; init; } = 16_384;

    /// <summary>Payload bytes waiting with them, with the same answer. Default 64 MiB.</summary>
    public long NoticeBytesMax { get; init; } = 64L * 1024 * 1024;

    /// <summary>Tasks in one notice. Default 1,024.</summary>
    public int NoticeTasksPerMessageMax { get; init; } = 1024;

    /// <summary>Payload bytes in one notice, unless its only task has more. Default 4 MiB.</summary>
    public long NoticeBytesPerMessageMax { get; init; } = 4L * 1024 * 1024;

    /// <summary>Cancels waiting to be told to the scheduler; beyond it whoever cancels waits, since nothing else would bring them to the scheduler soon. Default 65,536.</summary>
    public int CancelIdsMax { get; init; } = 65_536;

    /// <summary>Cancels in one notice. Default 4,096.</summary>
    public int CancelIdsPerMessageMax { get; init; } = 4096;

    /// <summary>How often an insert whose commit is unknown is sent again under the same ids. Default 2.</summary>
    public int InsertResendsMax { get; init; } = 2;

    /// <summary>Wait before such a resend. Default 50 ms.</summary>
    public TimeSpan InsertResendDelay { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>A notice without an answer for this long is sent again. Default 2 s.</summary>
    public TimeSpan NoticeTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Wait before a notice is sent again; doubled each time up to <see cref="ResendDelayMax"/>. Default 50 ms.</summary>
    public TimeSpan ResendDelay { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Default 1 s.</summary>
    public TimeSpan ResendDelayMax { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>A question to an actor that is not answered for this long ends with <see cref="TimeoutException"/>. Default 5 s.</summary>
    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>A longer wait for a task is made of calls of this length, so that an actor that is gone is noticed. Default 20 s.</summary>
    public TimeSpan WaitPerCallMax { get; init; } = TimeSpan.FromSeconds(20);
}
