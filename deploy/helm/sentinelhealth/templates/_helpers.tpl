{{- define "sentinelhealth.labels" -}}
{{ include "sentinelhealth.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service | quote }}
{{- end }}

{{- define "sentinelhealth.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- /* Settings that are no secret, for every process. */ -}}
{{- define "sentinelhealth.settings" -}}
SENTINELHEALTH__Web__Urls__0: "http://0.0.0.0:8080"
SENTINELHEALTH__Web__PublicUrl: {{ required "web.publicUrl says how people reach it." .Values.web.publicUrl | quote }}
SENTINELHEALTH__Kafka__BootstrapServers: {{ required "kafka.bootstrapServers says where Kafka is." .Values.kafka.bootstrapServers | quote }}
{{- if .Values.kafka.user }}
SENTINELHEALTH__Kafka__Security: SaslTls
SENTINELHEALTH__Kafka__User: {{ .Values.kafka.user | quote }}
SENTINELHEALTH__Kafka__Password__File: /secrets/kafka/password
{{- end }}
SENTINELHEALTH__Log__Kind: Kafka
SENTINELHEALTH__Log__Kafka__Topic: {{ .Values.kafka.logTopic | quote }}
SENTINELHEALTH__Sources__Kafka__0__Name: network
{{- range $number, $topic := .Values.kafka.sourceTopics }}
SENTINELHEALTH__Sources__Kafka__0__Topics__{{ $number }}: {{ $topic | quote }}
{{- end }}
SENTINELHEALTH__Publish__AlertsTopic: {{ .Values.kafka.alertsTopic | quote }}
SENTINELHEALTH__Publish__ActionsTopic: {{ .Values.kafka.actionsTopic | quote }}
SENTINELHEALTH__Publish__DeadLettersTopic: {{ .Values.kafka.deadLettersTopic | quote }}
SENTINELHEALTH__Storage__Engine: Postgres
SENTINELHEALTH__Storage__Postgres__ConnectionString: {{ required "postgres.connectionString says where PostgreSQL is." .Values.postgres.connectionString | quote }}
SENTINELHEALTH__Storage__Postgres__PasswordFile: /secrets/database/password
SENTINELHEALTH__Storage__Postgres__KeyRingFile: /secrets/ring/ring
SENTINELHEALTH__Storage__Postgres__SchemaPrefix: {{ .Values.postgres.schemaPrefix | quote }}
SENTINELHEALTH__Ledger__Kind: Evm
SENTINELHEALTH__Ledger__Evm__Endpoint: {{ required "ledger.endpoint says where orders are sent." .Values.ledger.endpoint | quote }}
SENTINELHEALTH__Ledger__Evm__DeploymentFile: /contracts/deployment.json
SENTINELHEALTH__Ledger__Evm__AutomationAccount: {{ required "ledger.automationAccount contains." .Values.ledger.automationAccount | quote }}
SENTINELHEALTH__Ledger__Evm__RestorerAccount: {{ required "ledger.restorerAccount gives back." .Values.ledger.restorerAccount | quote }}
SENTINELHEALTH__Ledger__Evm__SecondRestorerAccount: {{ required "ledger.secondRestorerAccount agrees." .Values.ledger.secondRestorerAccount | quote }}
{{- if .Values.evidence.masterKeySecret.name }}
SENTINELHEALTH__Evidence__MasterKeyFile: /secrets/evidence/master.key
{{- end }}
{{- range $name, $value := .Values.settings }}
SENTINELHEALTH__{{ $name }}: {{ $value | quote }}
{{- end }}
{{- end }}

{{- /* The pod of a process: dict root, component, roles, resources. */ -}}
{{- define "sentinelhealth.pod" -}}
metadata:
  labels:
    {{- include "sentinelhealth.labels" .root | nindent 4 }}
    app.kubernetes.io/component: {{ .component }}
  annotations:
    # Settings are read at the start: others make other pods.
    checksum/settings: {{ include "sentinelhealth.settings" .root | sha256sum }}
spec:
  automountServiceAccountToken: false
  # A stop finishes the batch under way; killed, it is scored again from the stored position.
  terminationGracePeriodSeconds: 30
  securityContext:
    runAsNonRoot: true
    runAsUser: 1654
    runAsGroup: 1654
    fsGroup: 1654
    fsGroupChangePolicy: OnRootMismatch
    seccompProfile: { type: RuntimeDefault }
  containers:
    - name: sentinel
      image: {{ printf "%s:%s" .root.Values.image.repository .root.Values.image.tag | quote }}
      imagePullPolicy: {{ .root.Values.image.pullPolicy }}
      args: ["serve", "--data", "/data", "--roles", {{ .roles | quote }}]
      envFrom:
        - configMapRef: { name: {{ printf "%s-settings" .root.Release.Name | quote }} }
      ports:
        - { name: http, containerPort: 8080, protocol: TCP }
      startupProbe:
        httpGet: { path: /healthz, port: http }
        periodSeconds: 5
        # State comes back and what waits in the log is read again before a process answers: five minutes.
        failureThreshold: 60
      livenessProbe:
        httpGet: { path: /healthz, port: http }
        periodSeconds: 10
        timeoutSeconds: 5
        failureThreshold: 6
      readinessProbe:
        httpGet: { path: /readyz, port: http }
        periodSeconds: 10
        timeoutSeconds: 5
      resources:
        {{- toYaml .resources | nindent 8 }}
      securityContext:
        allowPrivilegeEscalation: false
        readOnlyRootFilesystem: true
        capabilities: { drop: ["ALL"] }
      volumeMounts:
        - { name: data, mountPath: /data }
        - { name: tmp, mountPath: /tmp }
        - { name: database, mountPath: /secrets/database, readOnly: true }
        - { name: ring, mountPath: /secrets/ring, readOnly: true }
        - { name: contracts, mountPath: /contracts, readOnly: true }
        {{- if .root.Values.kafka.user }}
        - { name: kafka, mountPath: /secrets/kafka, readOnly: true }
        {{- end }}
        {{- if .root.Values.evidence.masterKeySecret.name }}
        - { name: evidence, mountPath: /secrets/evidence, readOnly: true }
        {{- end }}
  volumes:
    - name: tmp
      emptyDir: { sizeLimit: 1Gi }
    {{- if .passing }}
    - name: data
      emptyDir: { sizeLimit: 1Gi }
    {{- end }}
    - name: database
      secret:
        secretName: {{ required "postgres.passwordSecret.name is a secret with the password." .root.Values.postgres.passwordSecret.name | quote }}
        items: [{ key: {{ .root.Values.postgres.passwordSecret.key | quote }}, path: password }]
    - name: ring
      secret:
        secretName: {{ required "postgres.keyRingSecret.name is a secret with random bytes." .root.Values.postgres.keyRingSecret.name | quote }}
        items: [{ key: {{ .root.Values.postgres.keyRingSecret.key | quote }}, path: ring }]
    - name: contracts
      configMap:
        name: {{ required "ledger.deployment.name is a config map with the contracts." .root.Values.ledger.deployment.name | quote }}
        items: [{ key: {{ .root.Values.ledger.deployment.key | quote }}, path: deployment.json }]
    {{- if .root.Values.kafka.user }}
    - name: kafka
      secret:
        secretName: {{ required "kafka.passwordSecret.name is a secret with the password." .root.Values.kafka.passwordSecret.name | quote }}
        items: [{ key: {{ .root.Values.kafka.passwordSecret.key | quote }}, path: password }]
    {{- end }}
    {{- if .root.Values.evidence.masterKeySecret.name }}
    - name: evidence
      secret:
        secretName: {{ .root.Values.evidence.masterKeySecret.name | quote }}
        items: [{ key: {{ .root.Values.evidence.masterKeySecret.key | quote }}, path: master.key }]
    {{- end }}
{{- end }}

{{- /* The volume of a process: dict storage. */ -}}
{{- define "sentinelhealth.claim" -}}
metadata:
  name: data
spec:
  accessModes: [ReadWriteOnce]
  {{- if .storage.className }}
  storageClassName: {{ .storage.className | quote }}
  {{- end }}
  resources:
    requests: { storage: {{ .storage.size | quote }} }
{{- end }}
