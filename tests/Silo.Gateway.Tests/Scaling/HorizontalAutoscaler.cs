namespace Silo.Gateway.Tests.Scaling;

/// <summary>What an autoscaler is set to.</summary>
/// <param name="ReplicasMin">Never fewer.</param>
/// <param name="ReplicasMax">Never more.</param>
/// <param name="Target">The load that is aimed at.</param>
/// <param name="DownWindow">A smaller number must have been good enough for this long.</param>
/// <param name="DownPods">Pods that may go per <paramref name="DownPeriod"/>.</param>
/// <param name="DownPeriod">See <paramref name="DownPods"/>.</param>
internal sealed record AutoscalerSettings(int ReplicasMin, int ReplicasMax, double Target, TimeSpan DownWindow, int DownPods, TimeSpan DownPeriod);

/// <summary>The rule by which Kubernetes' HorizontalPodAutoscaler follows one external value, as its documentation gives it: the replicas times value over target,
/// unless that is within the tolerance; on the way down the highest wish of the window, and no faster than the policy.</summary>
internal sealed class HorizontalAutoscaler(AutoscalerSettings settings)
{
    /// <summary>How often it looks.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(15);

    private const double Tolerance = 0.1;

    private readonly List<(TimeSpan At, int Replicas)> _wishes = [];
    private readonly List<(TimeSpan At, int Pods)> _removed = [];

    public int Decide(TimeSpan now, int replicas, double load)
    {
        var ratio = load / settings.Target;
        var wish = Math.Abs(ratio - 1) <= Tolerance ? replicas : (int)Math.Ceiling(replicas * ratio);
        wish = Math.Clamp(wish, settings.ReplicasMin, settings.ReplicasMax);
        _wishes.Add((now, wish));
        _wishes.RemoveAll(old => old.At < now - settings.DownWindow);
        if (wish >= replicas)
        {
            return wish;
        }

        _removed.RemoveAll(old => old.At <= now - settings.DownPeriod);
        var fewest = replicas - Math.Max(0, settings.DownPods - _removed.Sum(old => old.Pods));
        var next = Math.Max(fewest, Math.Min(replicas, _wishes.Max(old => old.Replicas)));
        _removed.Add((now, replicas - next));
        return next;
    }
}
