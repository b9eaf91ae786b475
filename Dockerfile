# The program sentinel, as a user without rights. Data lives in /data; everything else may be read-only.
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /source
# Project files first, so that packages are restored again only when they change.
COPY global.json Directory.Build.props Directory.Packages.props .editorconfig ./
COPY src/BannedSymbols.txt src/
COPY src/Ingest/SentinelHealth.Ingest.csproj src/Ingest/
COPY src/Ingest/Kafka/ConfluentKafka.targets src/Ingest/Kafka/
COPY src/Detection/SentinelHealth.Detection.csproj src/Detection/
COPY src/Response/SentinelHealth.Response.csproj src/Response/
COPY src/Dashboard/SentinelHealth.Dashboard.csproj src/Dashboard/BlazorScript.targets src/Dashboard/
# A full package feed has the page script and the native Kafka client as packages (docs/adr/0003, docs/adr/0009).
RUN dotnet restore src/Dashboard/SentinelHealth.Dashboard.csproj -p:RequiresAspNetWebAssets=true -p:LibrdkafkaFromNuGet=true
COPY . .
RUN dotnet publish src/Dashboard/SentinelHealth.Dashboard.csproj --no-restore -c Release -o /app \
    -p:RequiresAspNetWebAssets=true -p:LibrdkafkaFromNuGet=true -p:UseAppHost=false

FROM mcr.microsoft.com/dotnet/aspnet:10.0
RUN apt-get update \
    && apt-get install -y --no-install-recommends libsqlite3-0 fonts-dejavu-core \
    && rm -rf /var/lib/apt/lists/* \
    && install -d -o 1654 -g 1654 -m 700 /data
WORKDIR /app
COPY --from=build /app .
USER 1654:1654
# No diagnostic socket: it would need a writable folder and lets whoever reaches it read memory.
ENV DOTNET_EnableDiagnostics=0 SENTINELHEALTH__Web__Urls__0=http://0.0.0.0:8080
VOLUME /data
EXPOSE 8080
# The image has no curl; bash speaks enough HTTP to ask whether the process is alive.
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 CMD ["bash", "-c", \
    "exec 3<>/dev/tcp/127.0.0.1/8080 && printf 'GET /healthz HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n' >&3 && head -n 1 <&3 | grep -q ' 200 '"]
ENTRYPOINT ["dotnet", "sentinel.dll"]
CMD ["serve", "--data", "/data"]
