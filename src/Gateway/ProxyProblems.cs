using Terradev.Contracts;
using Terradev.ServiceDefaults;
using Yarp.ReverseProxy.Forwarder;

namespace Terradev.Gateway;

/// <summary>Says in problem details what YARP would answer with an empty 502.</summary>
internal static class ProxyProblems
{
    public static void UseProxyProblems(this IApplicationBuilder proxy) => proxy.Use(async (context, next) =>
    {
        await next(context);
        var error = context.GetForwarderErrorFeature()?.Error ?? ForwarderError.None;
        if (!context.Response.HasStarted && Explain(error, context) is { } refusal)
        {
            context.Response.Clear();
            await refusal.ToProblem().ExecuteAsync(context);
        }
    });

    private static Refusal? Explain(ForwarderError error, HttpContext context)
    {
        var service = context.GetReverseProxyFeature().Route.Config.ClusterId;
        return error switch
        {
            // Nobody reads the answer, or the cause is the request and its status is already set.
            ForwarderError.None or ForwarderError.RequestCanceled or ForwarderError.RequestBodyCanceled or ForwarderError.RequestBodyClient
                or ForwarderError.ResponseBodyCanceled => null,
            ForwarderError.RequestTimedOut => new(
                RefusalCodes.TimedOut, $"{service} did not answer in time.", "Look whether the change was made before sending it again."),
            ForwarderError.NoAvailableDestinations => new(
                RefusalCodes.ServiceUnavailable, $"No replica of {service} is healthy; nothing was sent.", "Try again in some seconds; GET /health tells when it is back."),
            _ => new(
                RefusalCodes.ServiceUnavailable, $"The connection to {service} failed.",
                "Try again in some seconds, a POST with the same Idempotency-Key; GET /health tells when the service is back."),
        };
    }
}
